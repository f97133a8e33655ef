#include "sigv4/failure.h"

#include <cstddef>

namespace likeness::sigv4 {

namespace {

constexpr std::size_t max_quoted_characters = 100;

}  // namespace

Failure unknown_token() {
  return {FailureKind::unknown_token, "The security token included in the request is invalid."};
}

Failure expired_token() {
  return {FailureKind::expired_token, "The security token included in the request is expired"};
}

Failure signature_mismatch() {
  return {FailureKind::signature_mismatch,
          "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access "
          "Key and signing method. Consult the service documentation for details."};
}

std::string quoted(std::string_view text) {
  std::string result = "'";
  for (const char character : text.substr(0, max_quoted_characters)) {
    result.push_back(character >= 0x20 && character <= 0x7E ? character : '?');
  }
  result.push_back('\'');
  return result;
}

}  // namespace likeness::sigv4
