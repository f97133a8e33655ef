// The kernel of 512 bits, for CPUs with AVX-512 VNNI. Source of the instructions: Intel's intrinsics guide.
//
// The loops over `Count` and `Groups` are unrolled by pragma: GCC 12 keeps sums in memory otherwise.
#include <immintrin.h>

#include <algorithm>
#include <cstring>

#include "match/dot_kernel.h"
#include "match/row_groups.h"

namespace likeness::match {
namespace {

// 24 sums of 16 rows, 4 groups and one query fill 29 of the 32 registers, and 10 loads feed 24 multiplications.
constexpr std::size_t queries_together = 6;
constexpr std::size_t groups_together = 4;

[[gnu::target("avx512f,avx512bw,avx512vnni")]] inline __m512i four_codes(const Code* codes) {
  int four = 0;
  std::memcpy(&four, codes, sizeof four);
  return _mm512_set1_epi32(four);
}

// `Count` queries against `Groups` groups, one after another in memory.
template <std::size_t Count, std::size_t Groups>
[[gnu::target("avx512f,avx512bw,avx512vnni")]] void dot_tile(const Code* queries, const std::int32_t* query_sums,
                                                             const StoredCode* groups, std::size_t row_bytes,
                                                             std::size_t stride, std::int32_t* products) {
  __m512i sums[Count][Groups];  // no std::array: a vector type loses its alignment as a template argument
#pragma GCC unroll 8
  for (std::size_t q = 0; q < Count; ++q) {
#pragma GCC unroll 8
    for (std::size_t g = 0; g < Groups; ++g) sums[q][g] = _mm512_set1_epi32(-128 * query_sums[q]);
  }
  for (std::size_t i = 0; i < row_bytes; i += codes_together) {
    __m512i rows[Groups];
#pragma GCC unroll 8
    for (std::size_t g = 0; g < Groups; ++g) {
      rows[g] = _mm512_load_si512(groups + g * rows_per_group * row_bytes + i * rows_per_group);
    }
#pragma GCC unroll 8
    for (std::size_t q = 0; q < Count; ++q) {
      const __m512i query = four_codes(queries + q * row_bytes + i);
#pragma GCC unroll 8
      for (std::size_t g = 0; g < Groups; ++g) sums[q][g] = _mm512_dpbusd_epi32(sums[q][g], rows[g], query);
    }
  }
#pragma GCC unroll 8
  for (std::size_t q = 0; q < Count; ++q) {
#pragma GCC unroll 8
    for (std::size_t g = 0; g < Groups; ++g)
      _mm512_storeu_si512(products + q * stride + g * rows_per_group, sums[q][g]);
  }
}

template <std::size_t Groups>
void dot_all_queries(const QueryRows& queries, const StoredCode* groups, std::size_t row_bytes, std::size_t stride,
                     std::int32_t* products) {
  for (std::size_t q = 0; q < queries.count; q += queries_together) {
    const Code* codes = queries.codes + q * row_bytes;
    const std::int32_t* sums = queries.sums + q;
    std::int32_t* out = products + q * stride;
    switch (queries.count - q) {
      case 1: dot_tile<1, Groups>(codes, sums, groups, row_bytes, stride, out); break;
      case 2: dot_tile<2, Groups>(codes, sums, groups, row_bytes, stride, out); break;
      case 3: dot_tile<3, Groups>(codes, sums, groups, row_bytes, stride, out); break;
      case 4: dot_tile<4, Groups>(codes, sums, groups, row_bytes, stride, out); break;
      case 5: dot_tile<5, Groups>(codes, sums, groups, row_bytes, stride, out); break;
      default: dot_tile<6, Groups>(codes, sums, groups, row_bytes, stride, out); break;
    }
  }
}

}  // namespace

void dot_avx512_vnni(const QueryRows& queries, const StoredCode* groups, std::size_t group_count, std::size_t row_bytes,
                     std::int32_t* products) {
  const std::size_t stride = group_count * rows_per_group;
  std::size_t g = 0;
  for (; g + groups_together <= group_count; g += groups_together) {
    dot_all_queries<groups_together>(queries, groups + g * rows_per_group * row_bytes, row_bytes, stride,
                                     products + g * rows_per_group);
  }
  for (; g < group_count; ++g) {
    dot_all_queries<1>(queries, groups + g * rows_per_group * row_bytes, row_bytes, stride,
                       products + g * rows_per_group);
  }
}

[[gnu::target("avx512f,avx512bw,avx512vnni")]] std::uint64_t find_hits_avx512(
    const std::int32_t* products, const float* steps, std::size_t group_count, const float* least,
    std::size_t query_count, std::uint16_t* hits) {
  std::uint64_t hit_queries = 0;
  for (std::size_t q = 0; q < query_count; ++q) {
    const __m512 bound = _mm512_set1_ps(least[q]);
    unsigned any = 0;
    for (std::size_t g = 0; g < group_count; ++g, products += rows_per_group) {
      // The masked form with a full mask: GCC 12 warns of its own header in the other one (its bug 105593).
      const __m512 scaled = _mm512_mul_ps(_mm512_maskz_cvtepi32_ps(0xFFFF, _mm512_loadu_si512(products)),
                                          _mm512_loadu_ps(steps + g * rows_per_group));
      const __mmask16 mask = _mm512_cmp_ps_mask(scaled, bound, _CMP_GE_OQ);
      *hits++ = mask;
      any |= mask;
    }
    if (any != 0) hit_queries |= std::uint64_t{1} << q;
  }
  return hit_queries;
}

}  // namespace likeness::match
