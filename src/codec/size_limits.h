// The check that comes before any pixel is allocated. Private to this room.
//
// Thread rule: a pure function.
#pragma once

#include "base/result.h"
#include "codec/decode.h"
#include "image/geometry.h"

namespace likeness::codec {

// Errors: image_too_large, invalid_argument (too small). Precondition: both sides at least 1.
[[nodiscard]] Result<void> check_size(Size size, const DecodeOptions& options);

}  // namespace likeness::codec
