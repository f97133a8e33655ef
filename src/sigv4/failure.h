// Why a signature was refused: one kind for each answer that AWS gives, with AWS's own text as the message.
// The names of AWS's error codes are the business of src/api; the code that each kind becomes stands beside it.
//
// Thread rule: plain values and free functions.
#pragma once

#include <string>
#include <string_view>

namespace likeness::sigv4 {

enum class FailureKind {
  missing_token,         // neither an Authorization header nor a presigned query: MissingAuthenticationTokenException
  incomplete_signature,  // a part is missing or malformed: IncompleteSignatureException
  unknown_token,         // no such access key, or no session token of ours: UnrecognizedClientException
  expired_token,         // a session token whose time is over: ExpiredTokenException
  signature_mismatch,    // the signature is not that of this request: InvalidSignatureException
  expired,               // signed too long ago: InvalidSignatureException
  not_yet_current,       // signed in the future: InvalidSignatureException
  wrong_scope,           // for another day, region, service or terminator: InvalidSignatureException
};

struct [[nodiscard]] Failure {
  FailureKind kind = FailureKind::signature_mismatch;
  std::string message;
};

// The answer to an access key that the caller does not know.
Failure unknown_token();

// The answer to a session token that was good once.
Failure expired_token();

// The answer to a signature that is not the one we calculate.
Failure signature_mismatch();

// At most 100 characters of what a client sent, for a message, in quotes; what is no printable ASCII becomes '?'.
[[nodiscard]] std::string quoted(std::string_view text);

}  // namespace likeness::sigv4
