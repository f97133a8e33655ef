// The one tag of EXIF that matters here: how the camera was held.
//
// Thread rule: pure functions.
#pragma once

#include "base/bytes.h"
#include "image/orientation.h"

namespace likeness::codec {

// Whether the content of a JPEG's APP1 marker is EXIF and not, say, XMP: it begins with "Exif" and two zeros.
[[nodiscard]] bool is_exif(ByteSpan app1);

// From the content of an APP1 marker: the signature, then a TIFF header and its first directory (Exif 2.32, 4.5 and
// 4.6). top_left if the bytes are anything else or the tag is missing or no valid orientation.
// Looks at no more than the first directory, 65,535 entries, and at no byte outside the span.
[[nodiscard]] Orientation exif_orientation(ByteSpan app1);

}  // namespace likeness::codec
