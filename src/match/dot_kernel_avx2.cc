// The kernels of 256 bits: AVX2 everywhere, AVX-VNNI on CPUs with it and without AVX-512. A group of 16 rows is two
// registers wide. Source of the instructions: Intel's intrinsics guide.
//
// The loops over `Count` and `halves` are unrolled by pragma: GCC 12 keeps sums in memory otherwise.
#include <immintrin.h>

#include <cstring>

#include "match/dot_kernel.h"
#include "match/row_groups.h"

namespace likeness::match {
namespace {

constexpr std::size_t halves = 2;
constexpr std::size_t half_bytes = line_bytes / halves;

[[gnu::target("avx2")]] inline __m256i four_codes(const Code* codes) {
  int four = 0;
  std::memcpy(&four, codes, sizeof four);
  return _mm256_set1_epi32(four);
}

// 32 products added in fours: |row| * (query with the row's sign) is the product, and two of them (at most 2 * 127^2 =
// 32,258) fit the int16 that vpmaddubsw makes of them.
[[gnu::target("avx2")]] inline __m256i multiply_add(__m256i sum, __m256i row, __m256i query) {
  const __m256i pairs = _mm256_maddubs_epi16(_mm256_abs_epi8(row), _mm256_sign_epi8(query, row));
  return _mm256_add_epi32(sum, _mm256_madd_epi16(pairs, _mm256_set1_epi16(1)));
}

// `Count` queries against one group.
template <std::size_t Count>
[[gnu::target("avx2")]] void dot_avx2_tile(const Code* queries, const StoredCode* group, std::size_t row_bytes,
                                           std::size_t stride, std::int32_t* products) {
  const __m256i flip = _mm256_set1_epi8(static_cast<char>(0x80));
  __m256i sums[Count][halves];  // no std::array: a vector type loses its alignment as a template argument
#pragma GCC unroll 8
  for (std::size_t q = 0; q < Count; ++q) sums[q][0] = sums[q][1] = _mm256_setzero_si256();
  for (std::size_t i = 0; i < row_bytes; i += codes_together, group += line_bytes) {
    const __m256i first = _mm256_xor_si256(_mm256_load_si256(reinterpret_cast<const __m256i*>(group)), flip);
    const __m256i second =
        _mm256_xor_si256(_mm256_load_si256(reinterpret_cast<const __m256i*>(group + half_bytes)), flip);
#pragma GCC unroll 8
    for (std::size_t q = 0; q < Count; ++q) {
      const __m256i query = four_codes(queries + q * row_bytes + i);
      sums[q][0] = multiply_add(sums[q][0], first, query);
      sums[q][1] = multiply_add(sums[q][1], second, query);
    }
  }
#pragma GCC unroll 8
  for (std::size_t q = 0; q < Count; ++q) {
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(products + q * stride), sums[q][0]);
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(products + q * stride + 8), sums[q][1]);
  }
}

template <std::size_t Count>
[[gnu::target("avx2,avxvnni")]] void dot_avx_vnni_tile(const Code* queries, const std::int32_t* query_sums,
                                                       const StoredCode* group, std::size_t row_bytes,
                                                       std::size_t stride, std::int32_t* products) {
  __m256i sums[Count][halves];
#pragma GCC unroll 8
  for (std::size_t q = 0; q < Count; ++q) sums[q][0] = sums[q][1] = _mm256_set1_epi32(-128 * query_sums[q]);
  for (std::size_t i = 0; i < row_bytes; i += codes_together, group += line_bytes) {
    const __m256i first = _mm256_load_si256(reinterpret_cast<const __m256i*>(group));
    const __m256i second = _mm256_load_si256(reinterpret_cast<const __m256i*>(group + half_bytes));
#pragma GCC unroll 8
    for (std::size_t q = 0; q < Count; ++q) {
      const __m256i query = four_codes(queries + q * row_bytes + i);
      sums[q][0] = _mm256_dpbusd_avx_epi32(sums[q][0], first, query);
      sums[q][1] = _mm256_dpbusd_avx_epi32(sums[q][1], second, query);
    }
  }
#pragma GCC unroll 8
  for (std::size_t q = 0; q < Count; ++q) {
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(products + q * stride), sums[q][0]);
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(products + q * stride + 8), sums[q][1]);
  }
}

}  // namespace

void dot_avx2(const QueryRows& queries, const StoredCode* groups, std::size_t group_count, std::size_t row_bytes,
              std::int32_t* products) {
  const std::size_t stride = group_count * rows_per_group;
  for (std::size_t g = 0; g < group_count; ++g) {
    const StoredCode* group = groups + g * rows_per_group * row_bytes;
    for (std::size_t q = 0; q < queries.count;) {
      const Code* codes = queries.codes + q * row_bytes;
      std::int32_t* out = products + q * stride + g * rows_per_group;
      switch (queries.count - q) {
        case 1: dot_avx2_tile<1>(codes, group, row_bytes, stride, out), q += 1; break;
        case 2: dot_avx2_tile<2>(codes, group, row_bytes, stride, out), q += 2; break;
        case 3: dot_avx2_tile<3>(codes, group, row_bytes, stride, out), q += 3; break;
        default: dot_avx2_tile<4>(codes, group, row_bytes, stride, out), q += 4; break;
      }
    }
  }
}

void dot_avx_vnni(const QueryRows& queries, const StoredCode* groups, std::size_t group_count, std::size_t row_bytes,
                  std::int32_t* products) {
  const std::size_t stride = group_count * rows_per_group;
  for (std::size_t g = 0; g < group_count; ++g) {
    const StoredCode* group = groups + g * rows_per_group * row_bytes;
    for (std::size_t q = 0; q < queries.count;) {
      const Code* codes = queries.codes + q * row_bytes;
      const std::int32_t* sums = queries.sums + q;
      std::int32_t* out = products + q * stride + g * rows_per_group;
      switch (queries.count - q) {
        case 1: dot_avx_vnni_tile<1>(codes, sums, group, row_bytes, stride, out), q += 1; break;
        case 2: dot_avx_vnni_tile<2>(codes, sums, group, row_bytes, stride, out), q += 2; break;
        case 3: dot_avx_vnni_tile<3>(codes, sums, group, row_bytes, stride, out), q += 3; break;
        case 4: dot_avx_vnni_tile<4>(codes, sums, group, row_bytes, stride, out), q += 4; break;
        case 5: dot_avx_vnni_tile<5>(codes, sums, group, row_bytes, stride, out), q += 5; break;
        default: dot_avx_vnni_tile<6>(codes, sums, group, row_bytes, stride, out), q += 6; break;
      }
    }
  }
}

[[gnu::target("avx2")]] std::uint64_t find_hits_avx2(const std::int32_t* products, const float* steps,
                                                     std::size_t group_count, const float* slack, const float* least,
                                                     std::size_t query_count, std::uint16_t* hits) {
  std::uint64_t hit_queries = 0;
  for (std::size_t q = 0; q < query_count; ++q) {
    const __m256 bound = _mm256_set1_ps(least[q]);
    const __m256 more = _mm256_set1_ps(slack[q]);
    for (std::size_t g = 0; g < group_count; ++g, products += rows_per_group) {
      int masks[halves] = {};
      for (std::size_t half = 0; half < halves; ++half) {
        const __m256i eight = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(products + half * 8));
        const __m256 scaled = _mm256_mul_ps(_mm256_add_ps(_mm256_cvtepi32_ps(eight), more),
                                            _mm256_loadu_ps(steps + g * rows_per_group + half * 8));
        masks[half] = _mm256_movemask_ps(_mm256_cmp_ps(scaled, bound, _CMP_GE_OQ));
      }
      const int mask = masks[0] | masks[1] << 8;
      *hits++ = static_cast<std::uint16_t>(mask);
      if (mask != 0) hit_queries |= std::uint64_t{1} << q;
    }
  }
  return hit_queries;
}

}  // namespace likeness::match
