// Fuzzes everything that reads a request before its signature is known to be right. The input is a method, a target
// (with a presigned query in it or not) and headers, a line each ("Name: value"); whatever they say, nothing may crash,
// the canonical request must be that of the naive twin, and no signature may be accepted, since the secret is in no
// input.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "sigv4/canonical_request.h"
#include "sigv4/naive_canonical_request.h"
#include "sigv4/naive_presigned_query.h"
#include "sigv4/presigned_query.h"
#include "sigv4/verify.h"

namespace {

using namespace likeness;  // NOLINT(google-build-using-namespace): a program of one file

std::string_view next_line(std::string_view& text) {
  const std::size_t end = text.find('\n');
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  return line;
}

void require(bool condition) {
  if (!condition) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view text(reinterpret_cast<const char*>(data), size);
  sigv4::RequestView request;
  request.method = next_line(text);
  request.target = next_line(text);
  std::vector<sigv4::HeaderView> headers;
  while (!text.empty()) {
    const std::string_view line = next_line(text);
    const std::size_t colon = line.find(':');
    if (colon != std::string_view::npos) headers.push_back({line.substr(0, colon), line.substr(colon + 1)});
  }
  request.headers = headers;

  const auto result = sigv4::parse_authorization(request);
  if (const auto* failure = std::get_if<sigv4::Failure>(&result)) {
    require(!failure->message.empty() && failure->message.size() < 600);
    return 0;
  }
  const auto& authorization = std::get<sigv4::Authorization>(result);
  // What the twin refuses is refused; it knows no calendar and no limit of names, so it takes a little more.
  require(!authorization.presigned || sigv4::naive::is_well_formed(request));
  (void)sigv4::check_claim(authorization, "us-east-1", "rekognition", authorization.time);
  const std::string omitted(authorization.presigned ? sigv4::signature_parameter : "");
  require(sigv4::canonical_request(request, authorization.signed_headers, "", omitted) ==
          sigv4::naive::canonical_request(request, authorization.signed_headers, "", omitted));
  require(sigv4::verify(request, authorization, Digest{}, "a secret that is in no corpus").has_value());
  return 0;
}
