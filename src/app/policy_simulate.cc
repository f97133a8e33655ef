#include "app/policy_simulate.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <ostream>

#include "policy/actions.h"
#include "policy/arn.h"
#include "policy/date.h"
#include "policy/evaluate.h"
#include "policy/ip_range.h"
#include "policy/ready_made.h"

namespace likeness::app {

namespace {

constexpr std::size_t quoted = 100;

Error wrong(const std::string& option, const std::string& value, const std::string& what) {
  return {ErrorKind::invalid_argument, option + " '" + value.substr(0, quoted) + "': " + what};
}

Result<std::string> read_document(const std::string& file) {
  std::error_code failure;
  if (!std::filesystem::is_regular_file(file, failure)) {
    return Error(ErrorKind::invalid_argument,
                 "'" + file.substr(0, quoted) +
                     "' is neither a ready-made policy nor a file; a stored policy becomes a file by `likeness policy "
                     "show NAME`");
  }
  std::ifstream stream(file, std::ios::binary);
  // One byte more than a document may have is enough to refuse it.
  std::string text(policy::max_document + 1, '\0');
  stream.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (stream.bad() || (stream.fail() && !stream.eof())) {
    return Error(ErrorKind::unavailable, "'" + file.substr(0, quoted) + "' cannot be read");
  }
  text.resize(static_cast<std::size_t>(stream.gcount()));
  return text;
}

Result<policy::Document> find_document(const std::string& name) {
  const policy::ReadyMade* ready = policy::find_ready_made(name);
  const std::string text = ready != nullptr ? std::string(ready->text) : TRY(read_document(name));
  Result<policy::Document> document = policy::parse_document(name, text);
  if (!document.ok()) return document.error().within("policy '" + name.substr(0, quoted) + "'");
  return document;
}

Result<std::map<std::string, std::string>> parse_tags(const std::string& option,
                                                      const std::vector<std::string>& texts) {
  std::map<std::string, std::string> tags;
  for (const std::string& text : texts) {
    const std::size_t equals = text.find('=');
    if (equals == std::string::npos || equals == 0) return wrong(option, text, "write KEY=VALUE");
    tags[text.substr(0, equals)] = text.substr(equals + 1);
  }
  return tags;
}

Result<policy::Question> question_of(const SimulateOptions& options) {
  const std::string lower = policy::lower_case(options.action);
  const auto known = policy::known_actions();
  const auto action =
      std::ranges::find_if(known, [&](const std::string& name) { return policy::lower_case(name) == lower; });
  if (action == known.end()) return wrong("--action", options.action, "there is no such action");
  if (options.resource != "*" && !policy::parse_arn(options.resource)) {
    return wrong("--resource", options.resource,
                 "write * or an ARN, for example arn:aws:rekognition:us-east-1:123456789012:collection/photos");
  }
  return policy::Question{.action = *action, .resources = policy::names_of(options.resource)};
}

Result<policy::Context> context_of(const SimulateOptions& options, const Clock& clock) {
  policy::Context context;
  if (!options.source_ip.empty() && !policy::parse_ip_address(options.source_ip)) {
    return wrong("--source-ip", options.source_ip, "this is no address");
  }
  context.source_ip = options.source_ip;
  context.time = clock.now();
  if (!options.time.empty()) {
    const auto time = policy::parse_date(options.time);
    if (!time) return wrong("--time", options.time, "write for example 2026-02-03T04:05:06Z");
    context.time = *time;
  }
  context.key_id = options.key_id;
  context.secure_transport = options.secure;
  context.request_tags = TRY(parse_tags("--request-tag", options.request_tags));
  context.resource_tags = TRY(parse_tags("--resource-tag", options.resource_tags));
  context.tag_keys = options.tag_keys;
  for (const auto& [key, value] : context.request_tags) context.tag_keys.push_back(key);
  return context;
}

}  // namespace

Result<bool> simulate_policies(const SimulateOptions& options, const Clock& clock, std::ostream& out) {
  std::vector<policy::Document> documents;
  for (const std::string& name : options.policies) documents.push_back(TRY(find_document(name)));
  const policy::Question question = TRY(question_of(options));
  const policy::Context context = TRY(context_of(options, clock));
  std::vector<const policy::Document*> pointers;
  pointers.reserve(documents.size());
  for (const policy::Document& document : documents) pointers.push_back(&document);
  const policy::Decision decision = policy::evaluate(pointers, question, context);
  out << (decision.allowed() ? "allowed" : "denied") << ": " << question.action << " on " << question.resources.back()
      << '\n'
      << policy::describe(decision) << '\n';
  return decision.allowed();
}

}  // namespace likeness::app
