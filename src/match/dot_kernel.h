// Dot products of int8 codes: some queries against groups of rows, by the widest instructions that the CPU has.
//
// Rows are stored in groups of 16, four codes of each row side by side (match/row_groups.h): a register holds 16 rows,
// is multiplied with four codes of a query that are repeated 16 times, and ends as 16 finished sums. Nothing is added
// across a register, which cost a kernel over whole rows a third of its speed. AMX wants the same order for its tiles.
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

inline constexpr std::size_t rows_per_group = 16;
inline constexpr std::size_t max_row_bytes = 4096;  // so that no sum leaves int32: 4096 * 127 * 255 < 2^31

// A code of a row with its top bit flipped, which makes it the code + 128 without a sign: what vpdpbusd and AMX
// multiply with signed codes. 128 times the sum of the query's codes is taken off in the end.
using StoredCode = std::uint8_t;

// Queries, row after row of codes as encode() makes them, aligned to code_alignment.
struct QueryRows {
  const Code* codes = nullptr;
  const std::int32_t* sums = nullptr;  // of each query's codes
  std::size_t count = 0;
};

// products[q * rows + r] = the dot product of query q and row r, where rows = group_count * rows_per_group.
// `groups` are aligned to code_alignment; row_bytes is a multiple of it up to max_row_bytes; codes lie in -127..127
// (encode() makes no others).
using DotGroups = void (*)(const QueryRows& queries, const StoredCode* groups, std::size_t group_count,
                           std::size_t row_bytes, std::int32_t* products);

// Which products are large enough: bit r of hits[q * group_count + g] is set if the product of query q and row r of
// group g, as a float, plus slack[q], times the row's step is at least least[q]. Bit q of the result: query q has a
// hit. At most 64 queries.
using FindHits = std::uint64_t (*)(const std::int32_t* products, const float* steps, std::size_t group_count,
                                   const float* slack, const float* least, std::size_t query_count,
                                   std::uint16_t* hits);

struct DotKernel {
  std::string_view name;  // "scalar", "avx2", "avx-vnni", "avx512-vnni", "amx-int8"
  DotGroups dot;
  FindHits find_hits;
  // Whether the tests have compared it with the scalar one on a machine of the project. One that never ran anywhere is
  // not chosen by itself: docs/performance.md says which.
  bool proven;
};

// What this CPU and its system can execute, slowest first; the scalar one is always there.
[[nodiscard]] std::span<const DotKernel> kernels_of_this_cpu();

// The widest that is proven.
[[nodiscard]] const DotKernel& default_kernel();

// The kernels themselves, each in a file of its own; to be called only where kernels_of_this_cpu() lists them.
void dot_scalar(const QueryRows& queries, const StoredCode* groups, std::size_t group_count, std::size_t row_bytes,
                std::int32_t* products);
void dot_avx2(const QueryRows& queries, const StoredCode* groups, std::size_t group_count, std::size_t row_bytes,
              std::int32_t* products);
void dot_avx_vnni(const QueryRows& queries, const StoredCode* groups, std::size_t group_count, std::size_t row_bytes,
                  std::int32_t* products);
void dot_avx512_vnni(const QueryRows& queries, const StoredCode* groups, std::size_t group_count, std::size_t row_bytes,
                     std::int32_t* products);
void dot_amx_int8(const QueryRows& queries, const StoredCode* groups, std::size_t group_count, std::size_t row_bytes,
                  std::int32_t* products);
std::uint64_t find_hits_scalar(const std::int32_t* products, const float* steps, std::size_t group_count,
                               const float* slack, const float* least, std::size_t query_count, std::uint16_t* hits);
std::uint64_t find_hits_avx2(const std::int32_t* products, const float* steps, std::size_t group_count,
                             const float* slack, const float* least, std::size_t query_count, std::uint16_t* hits);
std::uint64_t find_hits_avx512(const std::int32_t* products, const float* steps, std::size_t group_count,
                               const float* slack, const float* least, std::size_t query_count, std::uint16_t* hits);

// Asks Linux for this process's leave to use AMX's tiles, which each process needs once
// (Documentation/arch/x86/xstate). False: the CPU has none for int8, or the system does not allow it.
[[nodiscard]] bool allow_amx_int8();

}  // namespace likeness::match
