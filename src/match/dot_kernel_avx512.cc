// The kernel of 512 bits, for CPUs with AVX-512 VNNI. Source of the instructions: Intel's intrinsics guide.
//
// The loops over `Count` and `Groups` are unrolled by pragma: GCC 12 keeps sums in memory otherwise.
#include <immintrin.h>

#include <algorithm>
#include <cstring>
#include <type_traits>

#include "match/dot_kernel.h"
#include "match/row_groups.h"

namespace likeness::match {
namespace {

// 24 sums of 16 rows, 4 groups and one query fill 29 of the 32 registers, and 10 loads feed 24 multiplications.
constexpr std::size_t queries_together = 6;
constexpr std::size_t groups_together = 4;

// Bytes ahead of a stream that are asked for: what memory delivers in its latency, and what its own prefetchers leave
// out at the ends of pages.
constexpr std::size_t stream_ahead = 4096;

[[gnu::target("avx512f,avx512bw,avx512vnni")]] inline __m512i four_codes(const Code* codes) {
  int four = 0;
  std::memcpy(&four, codes, sizeof four);
  return _mm512_set1_epi32(four);
}

[[gnu::target("avx512f,avx512bw,avx512vnni")]] inline void fetch(const StoredCode* line) {
  _mm_prefetch(reinterpret_cast<const char*>(line), _MM_HINT_T1);
}

// `Count` queries against one group, in the order of memory, which its prefetchers like best: for the few queries that
// the CPU multiplies faster than memory delivers. Two sums a query hide the latency of the unit.
template <std::size_t Count>
[[gnu::target("avx512f,avx512bw,avx512vnni")]] void dot_stream(const Code* queries, const std::int32_t* query_sums,
                                                               const StoredCode* group, std::size_t row_bytes,
                                                               std::size_t stride, std::int32_t* products) {
  __m512i even[Count];  // no std::array: a vector type loses its alignment as a template argument
  __m512i odd[Count];
#pragma GCC unroll 8
  for (std::size_t q = 0; q < Count; ++q) {
    even[q] = _mm512_set1_epi32(-128 * query_sums[q]);
    odd[q] = _mm512_setzero_si512();
  }
  for (std::size_t i = 0; i < row_bytes; i += 2 * codes_together) {
    const StoredCode* lines = group + i * rows_per_group;
    _mm_prefetch(reinterpret_cast<const char*>(lines + stream_ahead), _MM_HINT_T0);
    _mm_prefetch(reinterpret_cast<const char*>(lines + stream_ahead + line_bytes), _MM_HINT_T0);
    const __m512i first = _mm512_load_si512(lines);
    const __m512i second = _mm512_load_si512(lines + line_bytes);
#pragma GCC unroll 8
    for (std::size_t q = 0; q < Count; ++q) {
      const Code* codes = queries + q * row_bytes + i;
      even[q] = _mm512_dpbusd_epi32(even[q], first, four_codes(codes));
      odd[q] = _mm512_dpbusd_epi32(odd[q], second, four_codes(codes + codes_together));
    }
  }
#pragma GCC unroll 8
  for (std::size_t q = 0; q < Count; ++q) {
    _mm512_storeu_si512(products + q * stride, _mm512_add_epi32(even[q], odd[q]));
  }
}

// `Count` queries against `Groups` groups, one after another in memory. Meanwhile `Fetched` groups that are needed
// soon, `fetch_step` bytes apart, are asked for: memory works while the CPU multiplies.
template <std::size_t Count, std::size_t Groups, std::size_t Fetched>
[[gnu::target("avx512f,avx512bw,avx512vnni")]] void dot_tile(const Code* queries, const std::int32_t* query_sums,
                                                             const StoredCode* groups, std::size_t row_bytes,
                                                             std::size_t stride, std::int32_t* products,
                                                             const StoredCode* fetched, std::size_t fetch_step) {
  __m512i sums[Count][Groups];
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
    for (std::size_t f = 0; f < Fetched; ++f) fetch(fetched + f * fetch_step + i * rows_per_group);
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
    for (std::size_t g = 0; g < Groups; ++g) {
      _mm512_storeu_si512(products + q * stride + g * rows_per_group, sums[q][g]);
    }
  }
}

// Calls `run` with 1 to 6 as a constant.
template <typename Run>
void with_count(std::size_t count, const Run& run) {
  using std::integral_constant;
  switch (count) {
    case 1: return run(integral_constant<std::size_t, 1>());
    case 2: return run(integral_constant<std::size_t, 2>());
    case 3: return run(integral_constant<std::size_t, 3>());
    case 4: return run(integral_constant<std::size_t, 4>());
    case 5: return run(integral_constant<std::size_t, 5>());
    default: return run(integral_constant<std::size_t, 6>());
  }
}

void stream_groups(const QueryRows& queries, const StoredCode* groups, std::size_t group_count, std::size_t row_bytes,
                   std::int32_t* products) {
  with_count(queries.count, [&](auto count) {
    for (std::size_t g = 0; g < group_count; ++g) {
      dot_stream<count>(queries.codes, queries.sums, groups + g * rows_per_group * row_bytes, row_bytes,
                        group_count * rows_per_group, products + g * rows_per_group);
    }
  });
}

// All queries against some groups. The tiles share the work of fetching the groups that follow.
template <std::size_t Groups>
void multiply_groups(const QueryRows& queries, const StoredCode* groups, std::size_t row_bytes, std::size_t stride,
                     std::int32_t* products) {
  const std::size_t tiles = (queries.count + queries_together - 1) / queries_together;
  const std::size_t group_bytes = rows_per_group * row_bytes;
  const StoredCode* next = groups + Groups * group_bytes;
  for (std::size_t tile = 0; tile < tiles; ++tile) {
    const std::size_t q = tile * queries_together;
    const StoredCode* fetched = next + tile * group_bytes;
    with_count(std::min(queries.count - q, queries_together), [&](auto count) {
      const auto run = [&](auto fetch_count) {
        dot_tile<count, Groups, fetch_count>(queries.codes + q * row_bytes, queries.sums + q, groups, row_bytes, stride,
                                             products + q * stride, fetched, tiles * group_bytes);
      };
      if (tile >= Groups) return run(std::integral_constant<std::size_t, 0>());
      if (tile + tiles >= Groups) return run(std::integral_constant<std::size_t, 1>());
      return run(std::integral_constant<std::size_t, 2>());
    });
  }
}

}  // namespace

void dot_avx512_vnni(const QueryRows& queries, const StoredCode* groups, std::size_t group_count, std::size_t row_bytes,
                     std::int32_t* products) {
  if (queries.count == 0) return;
  if (queries.count <= queries_together) return stream_groups(queries, groups, group_count, row_bytes, products);
  const std::size_t stride = group_count * rows_per_group;
  std::size_t g = 0;
  for (; g + groups_together <= group_count; g += groups_together) {
    multiply_groups<groups_together>(queries, groups + g * rows_per_group * row_bytes, row_bytes, stride,
                                     products + g * rows_per_group);
  }
  for (; g < group_count; ++g) {
    multiply_groups<1>(queries, groups + g * rows_per_group * row_bytes, row_bytes, stride,
                       products + g * rows_per_group);
  }
}

[[gnu::target("avx512f,avx512bw,avx512vnni")]] std::uint64_t find_hits_avx512(
    const std::int32_t* products, const float* steps, std::size_t group_count, const float* slack, const float* least,
    std::size_t query_count, std::uint16_t* hits) {
  std::uint64_t hit_queries = 0;
  for (std::size_t q = 0; q < query_count; ++q) {
    const __m512 bound = _mm512_set1_ps(least[q]);
    const __m512 more = _mm512_set1_ps(slack[q]);
    unsigned any = 0;
    for (std::size_t g = 0; g < group_count; ++g, products += rows_per_group) {
      // The masked form with a full mask: GCC 12 warns of its own header in the other one (its bug 105593).
      const __m512 floats = _mm512_maskz_cvtepi32_ps(0xFFFF, _mm512_loadu_si512(products));
      const __m512 scaled = _mm512_mul_ps(_mm512_add_ps(floats, more), _mm512_loadu_ps(steps + g * rows_per_group));
      const __mmask16 mask = _mm512_cmp_ps_mask(scaled, bound, _CMP_GE_OQ);
      *hits++ = mask;
      any |= mask;
    }
    if (any != 0) hit_queries |= std::uint64_t{1} << q;
  }
  return hit_queries;
}

}  // namespace likeness::match
