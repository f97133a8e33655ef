#include "codec/size_limits.h"

#include <algorithm>
#include <cstdint>
#include <string>

namespace likeness::codec {

Result<void> check_size(Size size, const DecodeOptions& options) {
  const std::string given =
      "the picture is " + std::to_string(size.width) + "x" + std::to_string(size.height) + " pixels; ";
  const std::int64_t pixels = static_cast<std::int64_t>(size.width) * size.height;
  if (pixels > options.max_pixels) {
    return Error(ErrorKind::image_too_large,
                 given + "at most " + std::to_string(options.max_pixels) + " in all are accepted");
  }
  if (std::min(size.width, size.height) < options.min_side) {
    return Error(ErrorKind::invalid_argument,
                 given + "each side must have at least " + std::to_string(options.min_side));
  }
  return {};
}

}  // namespace likeness::codec
