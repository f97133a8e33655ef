// Drives this room from another process, for tests/sigv4/test_against_botocore.py. It reads requests from standard
// input and answers each with lines on standard output, until the input ends:
//
//   in:  METHOD, TARGET, number of headers, that many "Name: value" lines, the body in hexadecimal, a line each
//   out: "ok" or "failed MESSAGE", then "canonical " and the canonical request in base64, then "signed " and the
//        Authorization that sign() makes for the same headers and time; of a presigned query, the target that
//        presign() makes of what stands before its X-Amz-Algorithm
//
// Key, secret, region and service are the arguments.
#include <algorithm>
#include <iostream>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/bytes.h"
#include "sigv4/canonical_request.h"
#include "sigv4/presigned_query.h"
#include "sigv4/sign.h"
#include "sigv4/verify.h"

namespace {

using namespace likeness;  // NOLINT(google-build-using-namespace): a program of one file

struct Settings {
  sigv4::Credentials credentials;
  std::string region;
  std::string service;
};

std::string read_line() {
  std::string line;
  std::getline(std::cin, line);
  return line;
}

Bytes from_hex(std::string_view text) {
  Bytes bytes;
  for (std::size_t i = 0; i + 1 < text.size(); i += 2) {
    bytes.push_back(static_cast<std::uint8_t>(std::stoi(std::string(text.substr(i, 2)), nullptr, 16)));
  }
  return bytes;
}

bool is_signed(const sigv4::Authorization& authorization, const std::string& name) {
  const auto& names = authorization.signed_headers;
  return std::find(names.begin(), names.end(), name) != names.end();
}

// What sign() makes of the headers that were signed, without those that it adds itself.
std::string sign_again(const sigv4::RequestView& request, const sigv4::Authorization& authorization,
                       std::string_view payload_hash, const Settings& settings) {
  std::vector<sigv4::HeaderView> headers;
  for (const sigv4::HeaderView& header : request.headers) {
    const std::string name = sigv4::to_lower(header.name);
    const bool added = !authorization.presigned && (name == "x-amz-date" || name == "x-amz-security-token");
    if (is_signed(authorization, name) && !added) headers.push_back(header);
  }
  sigv4::Credentials credentials = settings.credentials;
  credentials.session_token = authorization.session_token;
  if (authorization.presigned) {
    const std::string_view target = request.target.substr(0, request.target.find("X-Amz-Algorithm") - 1);
    return sigv4::presign({request.method, target, headers}, payload_hash, credentials, settings.region,
                          settings.service, authorization.time, authorization.lifetime);
  }
  return sigv4::sign({request.method, request.target, headers}, payload_hash, credentials, settings.region,
                     settings.service, authorization.time)
      .authorization;
}

void answer(const sigv4::RequestView& request, const Digest& payload, const Settings& settings) {
  const auto parsed = sigv4::parse_authorization(request);
  if (const auto* failure = std::get_if<sigv4::Failure>(&parsed)) {
    std::cout << "failed " << failure->message << "\ncanonical \nsigned \n" << std::flush;
    return;
  }
  const auto& authorization = std::get<sigv4::Authorization>(parsed);
  const auto claim = sigv4::check_claim(authorization, settings.region, settings.service, authorization.time);
  const auto wrong = sigv4::verify(request, authorization, payload, settings.credentials.secret_access_key);
  const std::string payload_hash = authorization.payload_claim.value_or(to_hex(payload));
  const std::string_view omitted = authorization.presigned ? sigv4::signature_parameter : std::string_view();
  const auto canonical = sigv4::canonical_request(request, authorization.signed_headers, payload_hash, omitted);
  std::cout << (claim   ? "failed " + claim->message
                : wrong ? "failed " + wrong->message
                        : "ok")
            << "\ncanonical " << to_base64(as_bytes(canonical.value_or(""))) << "\nsigned "
            << sign_again(request, authorization, payload_hash, settings) << "\n"
            << std::flush;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 5) {
    std::cerr << "usage: sigv4_tool KEY SECRET REGION SERVICE\n";
    return 2;
  }
  const Settings settings = {{argv[1], argv[2]}, argv[3], argv[4]};
  for (std::string method = read_line(); !method.empty(); method = read_line()) {
    const std::string target = read_line();
    std::vector<std::string> lines(std::stoul(read_line()));
    std::vector<sigv4::HeaderView> headers;
    for (std::string& line : lines) {
      line = read_line();
      const std::string_view view = line;
      const std::size_t colon = view.find(':');
      headers.push_back({view.substr(0, colon), view.substr(colon + 1)});
    }
    answer({method, target, headers}, sha256(from_hex(read_line())), settings);
  }
}
