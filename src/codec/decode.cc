#include "codec/decode.h"

#include <algorithm>
#include <array>

#include "codec/jpeg_decoder.h"
#include "codec/png_decoder.h"

namespace likeness::codec {
namespace {

constexpr std::array<std::uint8_t, 3> jpeg_signature = {0xFF, 0xD8, 0xFF};  // SOI and the next marker's first byte
constexpr std::array<std::uint8_t, 8> png_signature = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'};

template <std::size_t length>
bool starts_with(ByteSpan bytes, const std::array<std::uint8_t, length>& signature) {
  return bytes.size() >= length && std::equal(signature.begin(), signature.end(), bytes.begin());
}

}  // namespace

Result<Decoded> decode(ByteSpan bytes, const DecodeOptions& options) {
  if (starts_with(bytes, jpeg_signature)) return decode_jpeg(bytes, options);
  if (starts_with(bytes, png_signature)) return decode_png(bytes, options);
  return Error(ErrorKind::invalid_image, bytes.empty() ? "no bytes were given; send a JPEG or PNG"
                                                       : "the bytes are neither JPEG nor PNG; send one of these");
}

}  // namespace likeness::codec
