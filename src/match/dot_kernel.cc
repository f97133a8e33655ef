#include "match/dot_kernel.h"

#include <immintrin.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <numeric>

namespace likeness::match {
namespace {

void dot_scalar(const Code* queries, std::size_t query_count, const Code* rows, std::size_t row_count,
                std::size_t row_bytes, std::int32_t* products) {
  for (std::size_t q = 0; q < query_count; ++q) {
    for (std::size_t r = 0; r < row_count; ++r) {
      std::int32_t sum = 0;
      for (std::size_t i = 0; i < row_bytes; ++i) {
        sum += std::int32_t{queries[q * row_bytes + i]} * std::int32_t{rows[r * row_bytes + i]};
      }
      products[q * row_count + r] = sum;
    }
  }
}

// 32 products added in fours: |row| * (query with the row's sign) is the product, and two of them (at most 2 * 127^2 =
// 32,258) fit the int16 that vpmaddubsw makes of them. Source: Intel's intrinsics guide.
[[gnu::target("avx2")]] inline __m256i multiply_add(__m256i sum, __m256i magnitude, __m256i row, const Code* query) {
  const __m256i q = _mm256_load_si256(reinterpret_cast<const __m256i*>(query));
  const __m256i pairs = _mm256_maddubs_epi16(magnitude, _mm256_sign_epi8(q, row));
  return _mm256_add_epi32(sum, _mm256_madd_epi16(pairs, _mm256_set1_epi16(1)));
}

[[gnu::target("avx2")]] inline std::int32_t total(__m256i sums) {
  __m128i half = _mm_add_epi32(_mm256_castsi256_si128(sums), _mm256_extracti128_si256(sums, 1));
  half = _mm_add_epi32(half, _mm_shuffle_epi32(half, _MM_SHUFFLE(1, 0, 3, 2)));
  half = _mm_add_epi32(half, _mm_shuffle_epi32(half, _MM_SHUFFLE(2, 3, 0, 1)));
  return _mm_cvtsi128_si32(half);
}

// One row against `Count` queries: the row and its magnitudes are loaded once for all of them.
template <std::size_t Count>
[[gnu::target("avx2")]] inline void dot_row_avx2(const Code* queries, const Code* row, std::size_t row_bytes,
                                                 std::size_t row_count, std::int32_t* products) {
  __m256i sums[Count];  // no std::array: a vector type loses its alignment as a template argument
  for (std::size_t q = 0; q < Count; ++q) sums[q] = _mm256_setzero_si256();
  for (std::size_t i = 0; i < row_bytes; i += 32) {
    const __m256i codes = _mm256_load_si256(reinterpret_cast<const __m256i*>(row + i));
    const __m256i magnitude = _mm256_abs_epi8(codes);
    for (std::size_t q = 0; q < Count; ++q) {
      sums[q] = multiply_add(sums[q], magnitude, codes, queries + q * row_bytes + i);
    }
  }
  for (std::size_t q = 0; q < Count; ++q) products[q * row_count] = total(sums[q]);
}

[[gnu::target("avx2")]] void dot_avx2(const Code* queries, std::size_t query_count, const Code* rows,
                                      std::size_t row_count, std::size_t row_bytes, std::int32_t* products) {
  constexpr std::size_t together = 4;
  std::size_t q = 0;
  for (; q + together <= query_count; q += together) {
    for (std::size_t r = 0; r < row_count; ++r) {
      dot_row_avx2<together>(queries + q * row_bytes, rows + r * row_bytes, row_bytes, row_count,
                             products + q * row_count + r);
    }
  }
  for (; q < query_count; ++q) {
    for (std::size_t r = 0; r < row_count; ++r) {
      dot_row_avx2<1>(queries + q * row_bytes, rows + r * row_bytes, row_bytes, row_count,
                      products + q * row_count + r);
    }
  }
}

// vpdpbusd multiplies unsigned by signed bytes. A row's code with its top bit flipped is the code + 128, unsigned, so
// 128 times the query's own sum is taken off in the end.
template <std::size_t Count>
[[gnu::target("avx512f,avx512bw,avx512vnni")]] inline void dot_row_vnni(const Code* queries, const Code* row,
                                                                        std::size_t row_bytes, std::size_t row_count,
                                                                        const std::int32_t* query_sums,
                                                                        std::int32_t* products) {
  const __m512i flip = _mm512_set1_epi8(static_cast<char>(0x80));
  __m512i sums[Count];
  for (std::size_t q = 0; q < Count; ++q) sums[q] = _mm512_setzero_si512();
  for (std::size_t i = 0; i < row_bytes; i += 64) {
    const __m512i codes = _mm512_xor_si512(_mm512_load_si512(row + i), flip);
    for (std::size_t q = 0; q < Count; ++q) {
      sums[q] = _mm512_dpbusd_epi32(sums[q], codes, _mm512_load_si512(queries + q * row_bytes + i));
    }
  }
  for (std::size_t q = 0; q < Count; ++q) {
    // Not _mm512_reduce_add_epi32: GCC 12 warns of its own header there (its bug 105593).
    alignas(64) std::int32_t lanes[16];
    _mm512_store_si512(lanes, sums[q]);
    products[q * row_count] = std::accumulate(std::begin(lanes), std::end(lanes), -128 * query_sums[q]);
  }
}

[[gnu::target("avx512f,avx512bw,avx512vnni")]] void dot_vnni(const Code* queries, std::size_t query_count,
                                                             const Code* rows, std::size_t row_count,
                                                             std::size_t row_bytes, std::int32_t* products) {
  constexpr std::size_t together = 4;
  for (std::size_t q = 0; q < query_count; q += together) {
    const std::size_t count = std::min(together, query_count - q);
    std::array<std::int32_t, together> query_sums{};
    for (std::size_t k = 0; k < count; ++k) {
      for (std::size_t i = 0; i < row_bytes; ++i) query_sums[k] += queries[(q + k) * row_bytes + i];
    }
    for (std::size_t r = 0; r < row_count; ++r) {
      const Code* row = rows + r * row_bytes;
      std::int32_t* out = products + q * row_count + r;
      if (count == together) {
        dot_row_vnni<together>(queries + q * row_bytes, row, row_bytes, row_count, query_sums.data(), out);
        continue;
      }
      for (std::size_t k = 0; k < count; ++k) {
        dot_row_vnni<1>(queries + (q + k) * row_bytes, row, row_bytes, row_count, &query_sums[k], out + k * row_count);
      }
    }
  }
}

constexpr std::array<DotKernel, 3> kernels = {{
    {"scalar", dot_scalar, true},
    {"avx2", dot_avx2, true},
    {"avx512-vnni", dot_vnni, false},
}};

std::size_t count_executable() {
  __builtin_cpu_init();
  if (!__builtin_cpu_supports("avx2")) return 1;
  const bool vnni =
      __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vnni");
  return vnni ? 3 : 2;
}

}  // namespace

std::span<const DotKernel> kernels_of_this_cpu() { return std::span(kernels).first(count_executable()); }

const DotKernel& default_kernel() {
  const DotKernel* chosen = kernels.data();
  for (const DotKernel& kernel : kernels_of_this_cpu()) {
    if (kernel.proven) chosen = &kernel;
  }
  return *chosen;
}

}  // namespace likeness::match
