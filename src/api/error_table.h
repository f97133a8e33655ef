// The one table from what went wrong to what a client sees: AWS's code, the HTTP status, the label of the metric.
//
// A row belongs to a kind of failure and serves every operation. The service description says which codes an operation
// may answer, and typed clients can catch no others; where an operation does not have the row's code, the row names its
// neighbours: a user that exists is ConflictException to CreateUser, a collection that exists is
// ResourceAlreadyExistsException to CreateCollection. So an operation says what happened and never which code.
//
// Sources: the service description (codes that are modelled, for each operation), AWS's developer guide (statuses and
// messages), captures of the live service (docs/ARCHITECTURE.md, "Decisions").
//
// Thread rule: free functions on constant data.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "api/http.h"
#include "base/error.h"
#include "wire/rekognition/operations.h"

namespace likeness::api {

// A failure before any operation runs, or one that an ErrorKind does not tell apart.
enum class Failure {
  missing_authentication,
  incomplete_signature,
  invalid_signature,
  unknown_key,
  expired_token,
  unknown_operation,
  unsupported_operation,
  key_rate_exceeded,
  global_rate_exceeded,
};

struct ErrorRow {
  std::string_view code;          // what SDKs turn into a typed exception
  int status = 500;               // HTTP
  std::string_view metric_label;  // closed set, for likeness_errors_total
  // Codes that say nearly the same, nearest first, for operations that do not have `code`. InvalidParameterException,
  // which all have, stands at the end of each and is not written down.
  std::span<const std::string_view> neighbours = {};
};

// The row of the kind, whichever the operation.
[[nodiscard]] const ErrorRow& error_row(ErrorKind kind);
[[nodiscard]] const ErrorRow& error_row(Failure failure);

// Whether the operation may answer the code: the service description gives it for the operation, or it is one that
// every AWS service of this protocol may answer (SerializationException, UnsupportedOperationException).
[[nodiscard]] bool is_modelled(wire::Operation operation, std::string_view code);

// The row of the kind with a code that the operation may answer: the row's own or its first neighbour that may. The
// metric label stays the kind's.
[[nodiscard]] ErrorRow error_row(wire::Operation operation, ErrorKind kind);

// The body that AWS documents, {"__type","Code","message","Message"}: some SDKs read the lower-case message, some the
// other.
[[nodiscard]] Response error_response(const ErrorRow& row, std::string_view message);
// An internal error's message stays in the log; the client is told the request id is in the answer's headers.
[[nodiscard]] Response error_response(const Error& error);
// The same as the operation's answer.
[[nodiscard]] Response error_response(wire::Operation operation, const Error& error);

}  // namespace likeness::api
