// Dot products of int8 codes: some queries against a block of rows, by the widest instructions that the CPU has.
//
// All kernels give the same numbers: integers are exact, whatever the order of the sum. The scalar one is the reference
// that the others are compared with, and works everywhere.
//
// Thread rule: constants and free functions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "match/int8_codes.h"

namespace likeness::match {

// products[q * row_count + r] = the dot product of query q and row r.
// `queries` and `rows` are row after row of `row_bytes` codes, a multiple of code_alignment up to 4096, aligned to it;
// codes lie in -127..127 (encode() makes no others).
using DotBlock = void (*)(const Code* queries, std::size_t query_count, const Code* rows, std::size_t row_count,
                          std::size_t row_bytes, std::int32_t* products);

inline constexpr std::size_t max_row_bytes = 4096;  // so that no sum leaves int32: 4096 * 127^2 < 2^31

struct DotKernel {
  std::string_view name;  // "scalar", "avx2", "avx512-vnni"
  DotBlock dot;
  // Whether the tests have compared it with the scalar one on a machine of the project. One that never ran anywhere is
  // not chosen by itself: docs/performance.md says which.
  bool proven;
};

// What this CPU can execute, slowest first; the scalar one is always there.
[[nodiscard]] std::span<const DotKernel> kernels_of_this_cpu();

// The widest that is proven.
[[nodiscard]] const DotKernel& default_kernel();

}  // namespace likeness::match
