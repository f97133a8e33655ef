#include "base/bytes.h"

#include <modp_b64.h>

#include <cstddef>

namespace likeness {

ByteSpan as_bytes(std::string_view text) { return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()}; }

std::string to_hex(ByteSpan bytes) {
  static constexpr char digits[] = "0123456789abcdef";
  std::string text;
  text.reserve(bytes.size() * 2);
  for (const std::uint8_t byte : bytes) {
    text.push_back(digits[byte >> 4]);
    text.push_back(digits[byte & 15]);
  }
  return text;
}

std::string to_base64(ByteSpan bytes) {
  std::string text(modp_b64_encode_len(bytes.size()), '\0');
  const std::size_t length = modp_b64_encode(text.data(), reinterpret_cast<const char*>(bytes.data()), bytes.size());
  text.resize(length);
  return text;
}

Result<Bytes> from_base64(std::string_view text) {
  if (text.size() % 4 != 0) {
    return Error(ErrorKind::invalid_argument, "base64 text must be padded to a multiple of four characters");
  }
  if (text.empty()) return Bytes{};
  // The library takes '=' only at the end but counts it leniently; the exact number of bytes is settled here.
  std::size_t padding = 0;
  if (text.back() == '=') padding = text[text.size() - 2] == '=' ? 2 : 1;
  Bytes bytes(modp_b64_decode_len(text.size()));
  const std::size_t length = modp_b64_decode(reinterpret_cast<char*>(bytes.data()), text.data(), text.size());
  const std::size_t expected = text.size() / 4 * 3 - padding;
  if (length != expected) {
    return Error(ErrorKind::invalid_argument, "the text is not base64 (RFC 4648 section 4)");
  }
  bytes.resize(length);
  return bytes;
}

}  // namespace likeness
