// IEEE 754 binary16 numbers: half the bytes of a float, and precise enough for an embedding.
//
// A component of a unit vector is stored within 2^-11 of itself, relatively, so the cosine of two stored vectors is
// within 0.001 of that of the originals, and in practice within 0.0001; int8 codes, which searches run on, are an order
// coarser.
//
// Thread rule: pure functions.
#pragma once

#include <span>
#include <vector>

#include "base/bytes.h"

namespace likeness::gallery {

// Little-endian, two bytes a number, rounded to nearest, ties to even. Numbers too large become infinite.
[[nodiscard]] Bytes to_half_floats(std::span<const float> values);
// Precondition: an even number of bytes.
[[nodiscard]] std::vector<float> from_half_floats(ByteSpan bytes);

}  // namespace likeness::gallery
