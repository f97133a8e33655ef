#include "api/page_tokens.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>
#include <utility>

#include "base/bytes.h"

namespace likeness::api {

namespace {

// A token is base64 of: version (1 byte), end of life (8 bytes, microseconds since 1970, big endian), position,
// keyed hash (16 bytes, the first half of HMAC-SHA-256: RFC 2104, section 5, allows no less).
constexpr char version = 1;
constexpr std::size_t time_bytes = 8;
constexpr std::size_t header_bytes = 1 + time_bytes;
constexpr std::size_t hash_bytes = 16;
static_assert((header_bytes + PageTokens::max_position + hash_bytes + 2) / 3 * 4 <= PageTokens::max_token_characters);

void append_number(std::string& out, std::uint64_t number) {
  for (int shift = 56; shift >= 0; shift -= 8) out.push_back(static_cast<char>((number >> shift) & 0xFFU));
}

std::int64_t read_number(ByteSpan bytes) {
  std::uint64_t number = 0;
  for (const std::uint8_t byte : bytes) number = number << 8U | byte;
  return static_cast<std::int64_t>(number);
}

// Each part with its length in front, so that no two lists hash the same text.
void append_part(std::string& out, std::string_view part) {
  append_number(out, part.size());
  out += part;
}

std::array<std::uint8_t, hash_bytes> keyed_hash(const SecretKey& key, const ListIdentity& list,
                                                std::string_view content) {
  std::string text;
  append_part(text, list.operation);
  append_part(text, to_hex(list.parameters));
  append_part(text, list.account);
  append_part(text, list.region);
  append_part(text, content);
  const Digest digest = hmac_sha256(key.bytes(), as_bytes(text));
  std::array<std::uint8_t, hash_bytes> hash{};
  std::copy_n(digest.begin(), hash.size(), hash.begin());
  return hash;
}

Error refused() { return {ErrorKind::invalid_token, "Invalid Pagination Token"}; }

std::string_view as_text(ByteSpan bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};  // bytes have no other view as characters
}

}  // namespace

PageTokens::PageTokens(SecretKey key, const Clock& clock) : key_(std::move(key)), clock_(clock) {}

Result<std::string> PageTokens::seal(const ListIdentity& list, std::string_view position) const {
  if (position.size() > max_position) return Error(ErrorKind::internal, "a position does not fit into a page token");
  std::string content(1, version);
  append_number(content, static_cast<std::uint64_t>((clock_.now() + lifetime).time_since_epoch().count()));
  content += position;
  content += as_text(keyed_hash(key_, list, content));
  return to_base64(as_bytes(content));
}

Result<std::string> PageTokens::open(const ListIdentity& list, std::string_view token) const {
  if (token.size() > max_token_characters) return refused();
  const Result<Bytes> decoded = from_base64(token);
  if (!decoded.ok() || decoded->size() < header_bytes + hash_bytes) return refused();
  // Base64 can spell the same bytes in several ways; ours is the only one that is taken.
  if (to_base64(*decoded) != token) return refused();
  const ByteSpan bytes = *decoded;
  const ByteSpan content = bytes.first(bytes.size() - hash_bytes);
  if (!constant_time_equal(bytes.last(hash_bytes), keyed_hash(key_, list, as_text(content)))) return refused();
  if (content.front() != static_cast<std::uint8_t>(version)) return refused();
  const Time end{Micros(read_number(content.subspan(1, time_bytes)))};
  if (clock_.now() >= end) return refused();
  return std::string(as_text(content.subspan(header_bytes)));
}

}  // namespace likeness::api
