// Embeddings as int8 codes: what the index stores and what the scan multiplies.
//
// A vector is scaled so that its largest component becomes 127 or -127, and each component is rounded. The `step` that
// was divided out is kept with the row. A scale of its own for each vector clamps nothing, whatever the model, and is
// the finest that int8 has for it. (One scale of 512 for all rows was tried first: it clamps single components of
// vectors with few dimensions, and moved cosines of 192 dimensions by up to 0.005.)
//
// What rounding left of a component, in quarters of a step, is its level: two bits more, beside the codes, which the
// scan does not read. A query is rounded twice: to codes for the scan, and 129 times finer for the rows that the scan
// finds. The cosine of an answer is the product of the finer query and the row's codes and levels; its error has a
// standard deviation of some 0.0001 (bench/match_accuracy measures it). With the codes alone, of real faces one cosine
// in 200,000 was off by 0.003, and three queries in a thousand ranked a face of the same person differently from f32.
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

// Bytes of the levels of a row of so many codes.
[[nodiscard]] constexpr std::size_t level_bytes(std::size_t row_bytes) { return row_bytes / 4; }

// Writes the codes, code_row_bytes(vector.size()) of them, and returns the step: component = code * step, about.
// What is not finite counts as 0; the step of a vector of zeros is 0.
float encode(std::span<const float> vector, std::span<Code> codes);

// The same with levels, level_bytes() of them: component = (code + (2 * level - 3) / 8) * step, nearly.
float encode_row(std::span<const float> vector, std::span<Code> codes, std::span<std::uint8_t> levels);

// Of each 64 components 16 bytes: byte b holds the levels of components b, b + 16, b + 32 and b + 48, so that a
// register of them is unpacked by shifts alone.
[[nodiscard]] constexpr unsigned level_of(std::span<const std::uint8_t> levels, std::size_t component) {
  return static_cast<unsigned>(levels[component / 64 * 16 + component % 16]) >> (component % 64 / 16 * 2) & 3U;
}

using FineCode = std::int16_t;

inline constexpr int largest_code = 127;
inline constexpr int largest_fine_code = 16383;  // so that 4,096 dimensions of pairs stay in int32 (match/row_groups.h)

// The same with codes in -16383..16383 for a query.
float encode_fine(std::span<const float> vector, std::span<FineCode> codes);

// The cosine of an answer, of the sum over all components of fine code * (8 * code + 2 * level - 3). The same
// floating-point operations everywhere, so that equal codes give equal cosines.
[[nodiscard]] constexpr float cosine_of(std::int64_t fine_dot, float fine_step, float row_step) {
  return static_cast<float>(static_cast<double>(fine_dot) / 8 * fine_step * row_step);
}

}  // namespace likeness::match
