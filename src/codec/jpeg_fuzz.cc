// Any bytes as a JPEG, whole and reduced, and as the content of an EXIF marker.
#include <cstddef>
#include <cstdint>

#include "codec/decode.h"
#include "codec/exif_orientation.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using likeness::codec::decode;
  const likeness::ByteSpan bytes(data, size);
  static_cast<void>(decode(bytes, {.min_side = 1, .max_pixels = 250'000}));
  static_cast<void>(decode(bytes, {.min_side = 1, .max_pixels = 250'000, .enough_long_side = 1}));
  static_cast<void>(likeness::codec::exif_orientation(bytes));
  return 0;
}
