// Embeddings as int8 codes: what the index stores and what the scan multiplies.
//
// A vector is scaled so that its largest component becomes 127 or -127, and each component is rounded. The `step` that
// was divided out is kept with the row. A scale of its own for each vector clamps nothing, whatever the model, and is
// the finest that int8 has for it. (One scale of 512 for all rows was tried first: it clamps single components of
// vectors with few dimensions, and moved cosines of 192 dimensions by up to 0.005.)
//
// A query is rounded twice: to codes for the scan, and 129 times finer for the rows that the scan finds. The cosine of
// an answer is the product of the finer query and the row's codes, so only the row's rounding is in it: its standard
// deviation is some 0.0003 at 512 dimensions and 0.0005 at 192 (bench/match_accuracy measures it).
//
// Codes are padded with zeros to a multiple of `code_alignment` bytes, which changes no dot product and spares every
// kernel its tail.
//
// Thread rule: free functions on values.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace likeness::match {

using Code = std::int8_t;

inline constexpr std::size_t code_alignment = 64;  // bytes: a cache line, and the widest register of the kernels

// Bytes of one row of codes for vectors of this dimension.
[[nodiscard]] constexpr std::size_t code_row_bytes(std::size_t dimension) {
  return (dimension + code_alignment - 1) / code_alignment * code_alignment;
}

// Writes the codes, code_row_bytes(vector.size()) of them, and returns the step: component = code * step, about.
// What is not finite counts as 0; the step of a vector of zeros is 0.
float encode(std::span<const float> vector, std::span<Code> codes);

using FineCode = std::int16_t;

inline constexpr int largest_code = 127;
inline constexpr int largest_fine_code = 16383;  // so that 4,096 dimensions of pairs stay in int32 (match/row_groups.h)

// The same with codes in -16383..16383 for a query.
float encode_fine(std::span<const float> vector, std::span<FineCode> codes);

// The cosine of an answer. The same floating-point operations everywhere, so that equal codes give equal cosines.
[[nodiscard]] constexpr float cosine_of(std::int64_t fine_dot, float fine_step, float row_step) {
  return static_cast<float>(static_cast<double>(fine_dot) * fine_step * row_step);
}

}  // namespace likeness::match
