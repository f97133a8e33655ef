// Bytes from pictures.
//
// Thread rule: free functions without state, callable from any thread.
#pragma once

#include "base/bytes.h"
#include "base/result.h"
#include "image/image.h"

namespace likeness::codec {

// A baseline JPEG with chroma at half the resolution both ways (4:2:0). `quality` is libjpeg's, 1..100.
// Errors: invalid_argument (a side over 65,500 pixels, which JPEG cannot hold; no picture), internal (out of memory).
[[nodiscard]] Result<Bytes> encode_jpeg(const Image& image, int quality);

// A PNG of 8 bits and three channels, compressed for speed.
// Errors: invalid_argument (no picture), internal (out of memory).
[[nodiscard]] Result<Bytes> encode_png(const Image& image);

}  // namespace likeness::codec
