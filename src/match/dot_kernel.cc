#include "match/dot_kernel.h"

#include <array>
#include <utility>

#include "match/row_groups.h"

namespace likeness::match {

void dot_scalar(const QueryRows& queries, const StoredCode* groups, std::size_t group_count, std::size_t row_bytes,
                std::int32_t* products) {
  for (std::size_t q = 0; q < queries.count; ++q) {
    const Code* query = queries.codes + q * row_bytes;
    for (std::size_t r = 0; r < group_count * rows_per_group; ++r) {
      const StoredCode* row = groups + row_offset(r, row_bytes);
      std::int32_t sum = 0;
      for (std::size_t i = 0; i < row_bytes; ++i) {
        const StoredCode stored = row[i / codes_together * line_bytes + i % codes_together];
        sum += std::int32_t{query[i]} * (std::int32_t{stored} - 128);
      }
      *products++ = sum;
    }
  }
}

std::uint64_t find_hits_scalar(const std::int32_t* products, const float* steps, std::size_t group_count,
                               const float* slack, const float* least, std::size_t query_count, std::uint16_t* hits) {
  std::uint64_t hit_queries = 0;
  for (std::size_t q = 0; q < query_count; ++q) {
    for (std::size_t g = 0; g < group_count; ++g) {
      unsigned mask = 0;
      for (unsigned r = 0; r < rows_per_group; ++r) {
        const float scaled = (static_cast<float>(*products++) + slack[q]) * steps[g * rows_per_group + r];
        mask |= (scaled >= least[q] ? 1U : 0U) << r;
      }
      *hits++ = static_cast<std::uint16_t>(mask);
      if (mask != 0) hit_queries |= std::uint64_t{1} << q;
    }
  }
  return hit_queries;
}

namespace {

constexpr std::size_t kernel_count = 5;

struct Executable {
  std::array<DotKernel, kernel_count> kernels{};
  std::size_t count = 0;

  void add(const DotKernel& kernel) { kernels[count++] = kernel; }
};

Executable find_executable() {
  __builtin_cpu_init();
  Executable found;
  found.add({"scalar", dot_scalar, find_hits_scalar, true});
  if (!__builtin_cpu_supports("avx2")) return found;
  found.add({"avx2", dot_avx2, find_hits_avx2, true});
  if (__builtin_cpu_supports("avxvnni")) found.add({"avx-vnni", dot_avx_vnni, find_hits_avx2, true});
  if (!__builtin_cpu_supports("avx512f") || !__builtin_cpu_supports("avx512bw")) return found;
  if (__builtin_cpu_supports("avx512vnni")) found.add({"avx512-vnni", dot_avx512_vnni, find_hits_avx512, true});
  if (allow_amx_int8()) found.add({"amx-int8", dot_amx_int8, find_hits_avx512, false});
  return found;
}

const Executable& executable() {
  static const Executable found = find_executable();
  return found;
}

}  // namespace

std::span<const DotKernel> kernels_of_this_cpu() { return std::span(executable().kernels).first(executable().count); }

const DotKernel& default_kernel() {
  const DotKernel* chosen = kernels_of_this_cpu().data();
  for (const DotKernel& kernel : kernels_of_this_cpu()) {
    if (kernel.proven) chosen = &kernel;
  }
  return *chosen;
}

}  // namespace likeness::match
