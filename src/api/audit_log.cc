#include "api/audit_log.h"

#include <algorithm>
#include <array>
#include <boost/json/parse.hpp>
#include <utility>

#include "api/audit_parameters.h"
#include "base/ids.h"
#include "wire/schema.h"

namespace likeness::api {

namespace {

constexpr const char* help = "Records of requests for the audit file";
constexpr std::size_t max_user_agent = 256;  // SDKs send some 150 characters
constexpr std::size_t max_error_message = 1000;

// One JSON object, member by member.
class ObjectWriter {
 public:
  void raw(std::string_view key, std::string_view json) {
    out_.push_back(out_.empty() ? '{' : ',');
    append_json_string(out_, key);
    out_.append(":").append(json);
  }
  void text(std::string_view key, std::string_view value) {
    std::string quoted;
    append_json_string(quoted, value);
    raw(key, quoted);
  }
  void flag(std::string_view key, bool value) { raw(key, value ? "true" : "false"); }
  [[nodiscard]] std::string finish() && { return std::move(out_) + '}'; }

 private:
  std::string out_;
};

// CloudTrail's eventTime has whole seconds.
std::string event_time(Time now) { return format_rfc3339(now).substr(0, 19) + 'Z'; }

struct ErrorText {
  std::string code;
  std::string message;
};

// What the client was told (error_table.h): the body of an error is ours, and short.
ErrorText error_text(const Response& response) {
  boost::json::error_code ec;
  const boost::json::value body = boost::json::parse(response.body, ec);
  const auto member = [&](const char* name) {
    const boost::json::value* found = body.is_object() ? body.get_object().if_contains(name) : nullptr;
    return found != nullptr && found->is_string() ? std::string(found->get_string()) : std::string();
  };
  return {member("__type"), member("message").substr(0, max_error_message)};
}

// A key is a user of its own: whose it is in an organisation's books, Likeness does not know.
std::string identity(const AuditCaller& caller, const std::string& account) {
  const std::string& key = caller.access_key_id;
  ObjectWriter writer;
  writer.text("type", caller.is_session ? "AssumedRole" : "IAMUser");
  writer.text("principalId", key);
  writer.text("arn", caller.is_session ? "arn:aws:sts::" + account + ":assumed-role/likeness/" + key
                                       : "arn:aws:iam::" + account + ":user/" + key);
  writer.text("accountId", account);
  writer.text("accessKeyId", key);
  return std::move(writer).finish();
}

}  // namespace

bool is_read_only(wire::Operation operation) {
  constexpr std::array<std::string_view, 8> verbs = {"Detect", "Compare", "Describe", "Explain",
                                                     "Get",    "List",    "Search",   "Recognize"};
  const std::string_view name = wire::name(operation);
  return std::any_of(verbs.begin(), verbs.end(), [&](std::string_view verb) { return name.starts_with(verb); });
}

AuditLog::AuditLog(AuditSink& sink, Place place, const Clock& clock, Logger& log, Metrics& metrics)
    : sink_(sink),
      place_(std::move(place)),
      clock_(clock),
      log_(log),
      written_(metrics.counter("likeness_audit_records_total", help, {{"result", "written"}})),
      failed_(metrics.counter("likeness_audit_records_total", help, {{"result", "failed"}})) {}

Result<void> AuditLog::may_run() const {
  if (!sink_.wanted() || !sink_.required()) return {};
  return sink_.ready();
}

Result<void> AuditLog::record(const RequestHead& head, const AuditCaller& caller, wire::Operation operation,
                              std::string_view body, const Response& response) {
  if (!sink_.wanted()) return {};
  const Result<void> written = sink_.write(line(head, caller, operation, body, response, clock_.now()));
  if (written.ok()) {
    written_.add();
    return {};
  }
  failed_.add();
  log_.error("audit_failed", {{"id", head.request_id}, {"problem", written.error().message}});
  if (!sink_.required()) return {};
  return written.error();
}

std::string AuditLog::line(const RequestHead& head, const AuditCaller& caller, wire::Operation operation,
                           std::string_view body, const Response& response, Time now) const {
  const bool read_only = is_read_only(operation);
  ObjectWriter writer;
  writer.text("eventVersion", "1.08");
  writer.raw("userIdentity", identity(caller, place_.account));
  writer.text("eventTime", event_time(now));
  const bool is_amazons = wire::target_prefix_of(operation) == wire::target_prefix;
  writer.text("eventSource", is_amazons ? "rekognition.amazonaws.com" : "likeness");
  writer.text("eventName", wire::name(operation));
  writer.text("awsRegion", place_.region);
  writer.text("sourceIPAddress", head.peer);
  writer.text("userAgent", head.header("user-agent").substr(0, max_user_agent));
  if (response.status >= 400) {
    const ErrorText error = error_text(response);
    writer.text("errorCode", error.code);
    writer.text("errorMessage", error.message);
  }
  writer.raw("requestParameters", audit_parameters(wire::request_shape(operation), body));
  const bool has_answer = !read_only && response.status == 200;
  writer.raw("responseElements",
             has_answer ? audit_parameters(wire::response_shape(operation), response.body) : std::string("null"));
  writer.text("requestID", head.request_id);
  writer.text("eventID", random_uuid());
  writer.flag("readOnly", read_only);
  writer.text("eventType", "AwsApiCall");
  writer.flag("managementEvent", true);
  writer.text("recipientAccountId", place_.account);
  writer.text("eventCategory", "Management");
  // Ours: CloudTrail keeps the trace of a request nowhere else. Bounded and of a known form (server/trace_id.h).
  writer.raw("additionalEventData", [&] {
    ObjectWriter more;
    more.text("traceId", head.trace_id);
    return std::move(more).finish();
  }());
  return std::move(writer).finish();
}

}  // namespace likeness::api
