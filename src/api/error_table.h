// The one table from what went wrong to what a client sees: AWS's code, the HTTP status, the label of the metric.
//
// Sources: the service description (codes that are modelled), AWS's developer guide (statuses), captures of the live
// service (docs/ARCHITECTURE.md, "Decisions").
//
// Thread rule: free functions on constant data.
#pragma once

#include <string>
#include <string_view>

#include "api/http.h"
#include "base/error.h"

namespace likeness::api {

// A failure before any operation runs, or one that an ErrorKind does not tell apart.
enum class Failure {
  missing_authentication,
  incomplete_signature,
  invalid_signature,
  unknown_key,
  unknown_operation,
  unsupported_operation,
  key_rate_exceeded,
  global_rate_exceeded,
};

struct ErrorRow {
  std::string_view code;          // what SDKs turn into a typed exception
  int status;                     // HTTP
  std::string_view metric_label;  // closed set, for likeness_errors_total
};

[[nodiscard]] const ErrorRow& error_row(ErrorKind kind);
[[nodiscard]] const ErrorRow& error_row(Failure failure);

// The body that AWS documents, {"__type","Code","message","Message"}: some SDKs read the lower-case message, some the
// other.
[[nodiscard]] Response error_response(const ErrorRow& row, std::string_view message);
// An internal error's message stays in the log; the client is told the request id is in the answer's headers.
[[nodiscard]] Response error_response(const Error& error);

}  // namespace likeness::api
