// Any bytes as a PNG.
#include <cstddef>
#include <cstdint>

#include "codec/decode.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static_cast<void>(likeness::codec::decode({data, size}, {.min_side = 1, .max_pixels = 250'000}));
  return 0;
}
