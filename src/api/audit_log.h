// The audit trail for those who collect one: a record in CloudTrail's form for each request whose sender is proven.
//
// Source of the form: AWS CloudTrail's user guide, "CloudTrail record contents", version 1.08, and Rekognition's
// developer guide, "Logging Amazon Rekognition API calls". The trace id stands in additionalEventData, which CloudTrail
// leaves to each service; tlsDetails, resources and the VPC's members are left out. Requests whose signature is wrong
// or missing leave no record, as with CloudTrail: anybody could fill the disk with them. They stand in the log and in
// the metrics.
//
// A record holds no picture, no vector and no secret (audit_parameters.h); it does hold what the caller named:
// collections, user ids, external image ids.
//
// Thread rule: all methods may be called from any thread. Collaborators must outlive the AuditLog.
#pragma once

#include <string>
#include <string_view>

#include "api/http.h"
#include "base/log.h"
#include "base/metrics.h"
#include "base/result.h"
#include "base/time.h"
#include "wire/rekognition/operations.h"

namespace likeness::api {

// Where records go. The program's own is a file (app/audit_file.h).
//
// Thread rule: all methods may be called from any thread.
class AuditSink {
 public:
  virtual ~AuditSink() = default;
  // Whether records are wanted at all, now.
  [[nodiscard]] virtual bool wanted() const = 0;
  // Whether a request must be refused that cannot be recorded.
  [[nodiscard]] virtual bool required() const = 0;
  // Whether a record can be written, as far as is known; tries again what failed before. Errors: unavailable.
  [[nodiscard]] virtual Result<void> ready() = 0;
  // Adds a line; `line` has no line break. Errors: unavailable.
  [[nodiscard]] virtual Result<void> write(std::string_view line) = 0;
};

// Who asked, proven by a signature.
struct AuditCaller {
  std::string access_key_id;
  bool is_session = false;  // a session token came along
};

class AuditLog {
 public:
  struct Place {
    std::string account;  // 12 digits
    std::string region;
  };
  AuditLog(AuditSink& sink, Place place, const Clock& clock, Logger& log, Metrics& metrics);

  // Asked before a request runs. Errors: unavailable, if records are required and none can be written.
  [[nodiscard]] Result<void> may_run() const;

  // Records the request with its answer. Errors: unavailable, if records are required and this one was not written; the
  // caller then gets that error instead of the answer. Otherwise a failure is counted and logged.
  [[nodiscard]] Result<void> record(const RequestHead& head, const AuditCaller& caller, wire::Operation operation,
                                    std::string_view body, const Response& response);

  // The record as a line, without its line break.
  [[nodiscard]] std::string line(const RequestHead& head, const AuditCaller& caller, wire::Operation operation,
                                 std::string_view body, const Response& response, Time now) const;

 private:
  AuditSink& sink_;
  const Place place_;
  const Clock& clock_;
  Logger& log_;
  Counter written_;
  Counter failed_;
};

// Whether the operation changes nothing: Detect*, Compare*, Describe*, Get*, List*, Search*, Recognize*.
[[nodiscard]] bool is_read_only(wire::Operation operation);

}  // namespace likeness::api
