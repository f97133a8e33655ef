// The order in which the kernels want rows in memory: groups of 16 rows, four codes of each row side by side.
//
//   group:  row 0 codes 0-3 | row 1 codes 0-3 | ... | row 15 codes 0-3 | row 0 codes 4-7 | ...
//
// Internal to the room. Thread rule: free functions.
#pragma once

#include <emmintrin.h>

#include <cstddef>
#include <cstring>
#include <span>

#include "match/dot_kernel.h"

namespace likeness::match {

inline constexpr std::size_t codes_together = 4;
inline constexpr std::size_t line_bytes = rows_per_group * codes_together;  // from four codes of a row to its next four
static_assert(line_bytes == code_alignment);
inline constexpr std::uint32_t flip_four = 0x80808080U;

// `groups` begin with row 0.
[[nodiscard]] inline std::size_t row_offset(std::size_t row, std::size_t row_bytes) {
  return row / rows_per_group * rows_per_group * row_bytes + row % rows_per_group * codes_together;
}

inline void put_row(StoredCode* groups, std::size_t row, std::span<const Code> codes) {
  StoredCode* to = groups + row_offset(row, codes.size());
  for (std::size_t i = 0; i < codes.size(); i += codes_together, to += line_bytes) {
    std::uint32_t four = 0;
    std::memcpy(&four, codes.data() + i, sizeof four);
    four ^= flip_four;
    std::memcpy(to, &four, sizeof four);
  }
}

inline void get_row(const StoredCode* groups, std::size_t row, std::span<Code> codes) {
  const StoredCode* from = groups + row_offset(row, codes.size());
  for (std::size_t i = 0; i < codes.size(); i += codes_together, from += line_bytes) {
    std::uint32_t four = 0;
    std::memcpy(&four, from, sizeof four);
    four ^= flip_four;
    std::memcpy(codes.data() + i, &four, sizeof four);
  }
}

// Overwrites a row: its codes become 0.
inline void erase_row(StoredCode* groups, std::size_t row, std::size_t row_bytes) {
  StoredCode* to = groups + row_offset(row, row_bytes);
  for (std::size_t i = 0; i < row_bytes; i += codes_together, to += line_bytes) {
    std::memcpy(to, &flip_four, sizeof flip_four);
  }
}

[[nodiscard]] inline std::int64_t sum_of_lanes(__m128i sums) {
  alignas(16) std::int32_t lanes[4];
  _mm_store_si128(reinterpret_cast<__m128i*>(lanes), sums);
  return std::int64_t{lanes[0]} + lanes[1] + lanes[2] + lanes[3];
}

// The dot product of a query's fine codes (row_bytes of them) and the codes of one row. Exact: a sum of pairs is at
// most 2 * 16383 * 127, and 512 of them, of the longest row, stay below 2^31.
[[nodiscard]] inline std::int64_t dot_with_codes(const FineCode* query, const StoredCode* groups, std::size_t row,
                                                 std::size_t row_bytes) {
  const StoredCode* from = groups + row_offset(row, row_bytes);
  __m128i sums = _mm_setzero_si128();
  for (std::size_t i = 0; i < row_bytes; i += 2 * codes_together, from += 2 * line_bytes) {
    std::int32_t fours[2];
    std::memcpy(&fours[0], from, sizeof fours[0]);
    std::memcpy(&fours[1], from + line_bytes, sizeof fours[1]);
    const __m128i stored = _mm_unpacklo_epi32(_mm_cvtsi32_si128(fours[0]), _mm_cvtsi32_si128(fours[1]));
    const __m128i eight = _mm_sub_epi16(_mm_unpacklo_epi8(stored, _mm_setzero_si128()), _mm_set1_epi16(128));
    const __m128i codes = _mm_load_si128(reinterpret_cast<const __m128i*>(query + i));
    sums = _mm_add_epi32(sums, _mm_madd_epi16(eight, codes));
  }
  return sum_of_lanes(sums);
}

// The same with the levels of one row, 0 to 3 each.
[[nodiscard]] inline std::int64_t dot_with_levels(const FineCode* query, const std::uint8_t* levels,
                                                  std::size_t row_bytes) {
  const __m128i zero = _mm_setzero_si128();
  __m128i sums = zero;
  for (std::size_t i = 0; i < row_bytes; i += 64, levels += 16) {
    __m128i packed = _mm_loadu_si128(reinterpret_cast<const __m128i*>(levels));
    for (std::size_t part = 0; part < 4; ++part) {
      const __m128i sixteen = _mm_and_si128(packed, _mm_set1_epi8(3));
      const auto* codes = reinterpret_cast<const __m128i*>(query + i + 16 * part);
      sums = _mm_add_epi32(sums, _mm_madd_epi16(_mm_unpacklo_epi8(sixteen, zero), _mm_load_si128(codes)));
      sums = _mm_add_epi32(sums, _mm_madd_epi16(_mm_unpackhi_epi8(sixteen, zero), _mm_load_si128(codes + 1)));
      packed = _mm_srli_epi16(packed, 2);  // what comes in from the byte above is masked
    }
  }
  return sum_of_lanes(sums);
}

}  // namespace likeness::match
