// WebP through libwebp: for what people keep in that format and import. The API takes JPEG and PNG alone, as
// Rekognition does, so decode() does not know it.
//
// The bytes are hostile: dimensions are read and checked before any pixel is allocated. Still pictures only; an
// animation is refused. Alpha is ignored. Memory: 3 bytes a pixel, and libwebp's own (some 8 more for lossless ones).
//
// Thread rule: a free function without state, callable from any thread.
#pragma once

#include "base/bytes.h"
#include "base/result.h"
#include "codec/decode.h"

namespace likeness::codec {

// Whether they begin as a WebP file does (RIFF container; developers.google.com/speed/webp/docs/riff_container).
[[nodiscard]] bool is_webp(ByteSpan bytes);

// Never reduced. Errors: as decode().
[[nodiscard]] Result<Decoded> decode_webp(ByteSpan bytes, const DecodeOptions& options);

}  // namespace likeness::codec
