// Fuzzes the names that a caller chooses: bucket, key and version, a line each. Whatever they say, the host stays that
// of the endpoint, the path stays beneath it as a request line allows, and a file's name is the key and nothing else.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "remote/address_policy.h"
#include "remote/naive_percent_encoding.h"
#include "remote/object_key.h"
#include "remote/s3_names.h"

namespace {

using namespace likeness;  // NOLINT(google-build-using-namespace): a program of one file

std::string next_line(std::string_view& text) {
  const std::size_t end = text.find('\n');
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  return std::string(line);
}

void require(bool condition) {
  if (!condition) std::abort();
}

void check_target(const remote::S3Endpoint& endpoint, const remote::ObjectId& id) {
  const Result<remote::S3Target> target = endpoint.target_of(id);
  if (!target.ok()) return;
  const std::string query = id.version.empty() ? "" : "?versionId=" + remote::naive::percent_encode(id.version, "");
  const std::string key = "/" + remote::naive::percent_encode(id.key, "/") + query;
  if (target->host == endpoint.host) {
    require(target->path == "/" + id.bucket + key);
  } else {
    require(target->host == id.bucket + "." + endpoint.host && target->path == key);
    require(id.bucket.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") == std::string::npos);
  }
  for (const char c : target->path) require(c > ' ' && c < 0x7F);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view text(reinterpret_cast<const char*>(data), size);
  const remote::ObjectId id{.bucket = next_line(text), .key = next_line(text), .version = next_line(text)};
  check_target({.scheme = "https", .host = "s.example:9000"}, id);
  check_target({.scheme = "https", .host = "s.example", .virtual_host_style = true}, id);

  if (const std::optional<std::vector<std::string>> segments = remote::file_segments(id.key)) {
    std::string joined;
    for (const std::string& segment : *segments) {
      require(!segment.empty() && segment != "." && segment != ".." &&
              segment.find_first_of(std::string("/\0", 2)) == std::string::npos);
      joined.append(joined.empty() ? "" : "/").append(segment);
    }
    require(joined == id.key);
  }
  // What an operator writes is parsed by the same rule: anything may stand there.
  (void)remote::parse_s3_endpoint(id.key, "us-east-1", false);
  (void)remote::parse_address_block(id.bucket);
  return 0;
}
