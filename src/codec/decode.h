// Pictures from bytes: JPEG (baseline, progressive, grey, CMYK, YCCK) and PNG (1 to 16 bits, palette, alpha,
// interlaced; of an animation the still picture).
//
// The bytes are hostile. Dimensions are read and checked against the limits before any pixel is allocated; nothing is
// decoded that is not one of the two formats. EXIF orientation is applied for JPEG, and only for JPEG, as
// Rekognition documents it. Alpha is composited on white. Colour profiles and gamma are ignored.
//
// What is damaged is refused rather than guessed: a JPEG whose data ends before its picture does, or that libjpeg-turbo
// warns about more than 10 times; a PNG that ends early or has a wrong checksum. Bytes after the picture are ignored.
//
// Bounds, with P = max_pixels: memory 11 P bytes for a JPEG (8 for the coefficients of a progressive CMYK one, which
// are freed before it is turned upright, and 3 for the pixels) and 7 P for a PNG (an interlaced one with alpha), and 64
// MiB; scans of a progressive JPEG 10^9 / pixels, but at least 20 and at most 100.
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
  // camera passes, and an ordinary progressive JPEG of that size needs some 450 MB while it is decoded.
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
