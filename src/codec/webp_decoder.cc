#include "codec/webp_decoder.h"

#include <webp/decode.h>

#include <algorithm>
#include <string_view>
#include <utility>

#include "codec/size_limits.h"

namespace likeness::codec {

namespace {

bool has(ByteSpan bytes, std::size_t at, std::string_view text) {
  return bytes.size() >= at + text.size() &&
         std::equal(text.begin(), text.end(), bytes.begin() + static_cast<std::ptrdiff_t>(at));
}

Error damaged() { return {ErrorKind::invalid_image, "the WebP file is damaged"}; }

}  // namespace

bool is_webp(ByteSpan bytes) { return has(bytes, 0, "RIFF") && has(bytes, 8, "WEBP"); }

Result<Decoded> decode_webp(ByteSpan bytes, const DecodeOptions& options) {
  WebPBitstreamFeatures features;
  if (!is_webp(bytes) || WebPGetFeatures(bytes.data(), bytes.size(), &features) != VP8_STATUS_OK) return damaged();
  if (features.has_animation != 0) {
    return Error(ErrorKind::invalid_image, "the WebP file is an animation; a still picture is needed");
  }
  if (features.width < 1 || features.height < 1) return damaged();
  const Size size{features.width, features.height};
  TRY(check_size(size, options));
  Image image(size);
  const std::span<std::uint8_t> pixels = image.bytes();
  const int stride = size.width * Image::channels;
  if (WebPDecodeBGRInto(bytes.data(), bytes.size(), pixels.data(), pixels.size(), stride) == nullptr) return damaged();
  return Decoded{.image = std::move(image), .original = size};
}

}  // namespace likeness::codec
