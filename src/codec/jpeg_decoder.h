// JPEG through libjpeg-turbo. Private to this room; callers use decode.h, which says what holds.
//
// Thread rule: a free function without state.
#pragma once

#include "base/bytes.h"
#include "base/result.h"
#include "codec/decode.h"

namespace likeness::codec {

// Errors: as decode().
[[nodiscard]] Result<Decoded> decode_jpeg(ByteSpan bytes, const DecodeOptions& options);

}  // namespace likeness::codec
