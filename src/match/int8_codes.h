// Embeddings as int8 codes: what the index stores and what the scan multiplies.
//
// A vector is scaled so that its largest component becomes 127 or -127, and each component is rounded. The `step` that
// was divided out is kept with the row: the cosine of two unit vectors is the dot product of their codes times both
// steps. A scale of its own for each vector clamps nothing, whatever the model, and is the finest that int8 has for it.
// (One scale of 512 for all rows was tried first: it clamps single components of vectors with few dimensions, and moved
// cosines of 192 dimensions by up to 0.005.) The error of a cosine is some 0.001; int8_codes_test.cc measures it.
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

// The cosine that two rows' codes stand for. The same floating-point operations everywhere, so that equal codes give
// equal cosines.
[[nodiscard]] constexpr float cosine_of(std::int32_t dot, float query_step, float row_step) {
  return static_cast<float>(dot) * row_step * query_step;
}

}  // namespace likeness::match
