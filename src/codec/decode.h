// Pictures from bytes: JPEG (baseline, progressive, grey, YCCK/CMYK) and PNG (1 to 16 bits, palette, alpha).
//
// The bytes are hostile. Dimensions are read and checked against the limits before any pixel is allocated; nothing is
// decoded that is not one of the two formats. EXIF orientation is applied for JPEG, and only for JPEG, as
// Rekognition documents it. Alpha is composited on white.
//
// Thread rule: free functions without state, callable from any thread.
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/bytes.h"
#include "base/result.h"
#include "image/image.h"

namespace likeness::codec {

struct DecodeOptions {
  // Shortest side accepted, in pixels (Rekognition: 80). Shorter: invalid_argument.
  int min_side = 80;
  // Most pixels accepted, before any reduction. More: image_too_large. 50 million: a 5 MiB JPEG of a 48-megapixel
  // camera passes, and the worst picture (a progressive JPEG) needs some 450 MB while it is decoded.
  std::int64_t max_pixels = 50'000'000;
  // A JPEG is decoded at 1/2, 1/4 or 1/8 as long as its longer side keeps at least this many pixels; 0: never reduced.
  int enough_long_side = 0;
};

struct Decoded {
  Image image;    // upright
  Size original;  // upright size before the reduction; equals image.size() where nothing was reduced
};

// Errors: invalid_image (no JPEG or PNG, or damaged), invalid_argument (too small), image_too_large.
[[nodiscard]] Result<Decoded> decode(ByteSpan bytes, const DecodeOptions& options);

}  // namespace likeness::codec
