// Fuzzes what reads NextToken. Whatever the input, nothing may crash, and a token that is taken must be the very one
// that sealing its position gives. The corpus holds tokens of this key and list, so that the whole way is walked.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "api/page_tokens.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace likeness;  // NOLINT(google-build-using-namespace): a program of one file
  const std::string_view token(reinterpret_cast<const char*>(data), size);
  const ManualClock clock(*parse_iso8601_basic("20260203T040506Z"));
  const api::PageTokens tokens(SecretKey(Digest{}), clock);
  const api::ListIdentity list{"ListCollections", Digest{}, "000000000000", "us-east-1"};
  const Result<std::string> position = tokens.open(list, token);
  if (!position.ok()) {
    if (position.error().kind != ErrorKind::invalid_token) std::abort();
    return 0;
  }
  const Result<std::string> again = tokens.seal(list, *position);
  if (!again.ok() || again->size() != token.size()) std::abort();
  // A taken token of another time differs in time and hash only; one of this time is the same.
  const Result<std::string> reopened = tokens.open(list, *again);
  if (!reopened.ok() || *reopened != *position) std::abort();
  return 0;
}
