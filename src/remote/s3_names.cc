#include "remote/s3_names.h"

#include <algorithm>
#include <charconv>
#include <cstdint>

#include "remote/address_policy.h"
#include "remote/percent_encoding.h"

namespace likeness::remote {

namespace {

// Amazon S3 User Guide, "Naming Amazon S3 objects"; the service description has the same for S3ObjectName.
constexpr std::size_t longest_key = 1024;
constexpr std::size_t longest_version = 1024;

bool is_lower_or_digit(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }
bool is_letter_or_digit(char c) { return is_lower_or_digit(c) || (c >= 'A' && c <= 'Z'); }

// A name that is one label of a host: its certificate covers it, and it cannot point elsewhere.
bool is_host_label(std::string_view bucket) {
  return bucket.size() <= 63 && std::ranges::all_of(bucket, [](char c) { return is_lower_or_digit(c) || c == '-'; });
}

// A name or an address in brackets, as far as its characters go.
bool is_host(std::string_view host) {
  if (host.starts_with('[')) {
    return host.ends_with(']') && parse_ip_address(host.substr(1, host.size() - 2)).has_value();
  }
  return !host.empty() && host.size() <= 253 &&
         std::ranges::all_of(host, [](char c) { return is_letter_or_digit(c) || c == '-' || c == '.'; });
}

// ":9000" -> 9000; 0 if it is no port.
std::uint16_t port_of(std::string_view text) {
  std::uint16_t port = 0;
  if (!text.starts_with(':')) return 0;
  text.remove_prefix(1);
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), port);
  return failure == std::errc() && end == text.data() + text.size() ? port : std::uint16_t{0};
}

}  // namespace

bool is_region(std::string_view text) {
  return !text.empty() && text.size() <= 64 &&
         std::ranges::all_of(text, [](char c) { return is_letter_or_digit(c) || c == '-'; });
}

bool is_bucket_name(std::string_view text) {
  return text.size() >= 3 && text.size() <= 255 && is_letter_or_digit(text.front()) &&
         is_letter_or_digit(text.back()) &&
         std::ranges::all_of(text, [](char c) { return is_letter_or_digit(c) || c == '.' || c == '_' || c == '-'; });
}

std::string_view S3Endpoint::bare_host() const {
  std::string_view text = host;
  if (text.starts_with('[')) return text.substr(1, text.find(']') - 1);
  return text.substr(0, text.find(':'));
}

Result<S3Target> S3Endpoint::target_of(const ObjectId& id) const {
  if (!is_bucket_name(id.bucket)) return Error(ErrorKind::invalid_object, "the bucket's name is none");
  if (id.key.empty() || id.key.size() > longest_key || id.version.size() > longest_version) {
    return Error(ErrorKind::invalid_object, "the object's key or version is empty or too long");
  }
  S3Target target;
  if (virtual_host_style && is_host_label(id.bucket)) {
    target = {.host = id.bucket + "." + host, .path = "/" + encode_path(id.key)};
  } else {
    target = {.host = host, .path = "/" + id.bucket + "/" + encode_path(id.key)};
  }
  if (!id.version.empty()) target.path += "?versionId=" + encode_query_value(id.version);
  return target;
}

Result<S3Endpoint> parse_s3_endpoint(std::string_view text, std::string_view region, bool virtual_host_style) {
  if (text == "aws") {
    return S3Endpoint{
        .scheme = "https", .host = "s3." + std::string(region) + ".amazonaws.com", .virtual_host_style = true};
  }
  const Error wrong(ErrorKind::invalid_argument, "'" + std::string(text.substr(0, 100)) +
                                                     "' is no S3 endpoint; write for example "
                                                     "https://storage.example.org:9000, without a path, or aws");
  S3Endpoint endpoint{.scheme = {}, .host = {}, .virtual_host_style = virtual_host_style};
  for (const std::string_view scheme : {"https", "http"}) {
    if (text.starts_with(scheme) && text.substr(scheme.size()).starts_with("://")) endpoint.scheme = scheme;
  }
  if (endpoint.scheme.empty()) return wrong;
  text.remove_prefix(endpoint.scheme.size() + 3);
  if (text.ends_with('/')) text.remove_suffix(1);
  const std::size_t host_end = text.starts_with('[') ? text.find(']') : std::min(text.find(':'), text.size()) - 1;
  if (host_end >= text.size()) return wrong;
  const std::string_view host = text.substr(0, host_end + 1);
  const std::string_view port_text = text.substr(host_end + 1);
  const std::uint16_t port = port_of(port_text);
  if (!is_host(host) || (!port_text.empty() && port == 0)) return wrong;
  endpoint.host = host;
  if (parse_ip_address(endpoint.bare_host())) endpoint.virtual_host_style = false;  // nothing can stand before it
  const std::uint16_t own_port = endpoint.scheme == "https" ? 443 : 80;
  if (port != 0 && port != own_port) endpoint.host += ":" + std::to_string(port);
  return endpoint;
}

}  // namespace likeness::remote
