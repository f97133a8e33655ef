// Any bytes as a WebP.
#include <cstddef>
#include <cstdint>

#include "codec/webp_decoder.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static_cast<void>(likeness::codec::decode_webp({data, size}, {.min_side = 1, .max_pixels = 250'000}));
  return 0;
}
