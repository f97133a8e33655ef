#include "match_limits.h"

#include <sys/mman.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstring>
#include <thread>
#include <vector>

namespace likeness::bench {
namespace {

constexpr std::size_t large_page = std::size_t{2} << 20;

// Four streams of a part each would read no faster; the compiler makes the widest loads of each target of it.
[[gnu::target_clones("avx512f", "avx2", "default")]] std::uint64_t read_words(const std::uint64_t* words,
                                                                              std::size_t count) {
  std::uint64_t sums[64] = {};
  for (std::size_t i = 0; i + 64 <= count; i += 64) {
    for (std::size_t lane = 0; lane < 64; ++lane) sums[lane] |= words[i + lane];
  }
  std::uint64_t all = 0;
  for (const std::uint64_t sum : sums) all |= sum;
  return all;
}

constexpr std::size_t steps = 2'000'000;  // some 3 ms: on a busy machine some runs are left alone
constexpr int peak_rounds = 40;
constexpr std::size_t registers = 12;  // independent sums, more than the latency of the unit needs

// In assembler, since a compiler moves the registers about or leaves the work out.
void dpbusd_512() {
  for (std::size_t i = 0; i < steps; ++i) {
    asm volatile(
        "vpdpbusd %%zmm12, %%zmm13, %%zmm0\n vpdpbusd %%zmm12, %%zmm13, %%zmm1\n vpdpbusd %%zmm12, %%zmm13, %%zmm2\n"
        "vpdpbusd %%zmm12, %%zmm13, %%zmm3\n vpdpbusd %%zmm12, %%zmm13, %%zmm4\n vpdpbusd %%zmm12, %%zmm13, %%zmm5\n"
        "vpdpbusd %%zmm12, %%zmm13, %%zmm6\n vpdpbusd %%zmm12, %%zmm13, %%zmm7\n vpdpbusd %%zmm12, %%zmm13, %%zmm8\n"
        "vpdpbusd %%zmm12, %%zmm13, %%zmm9\n vpdpbusd %%zmm12, %%zmm13, %%zmm10\n vpdpbusd %%zmm12, %%zmm13, "
        "%%zmm11\n" ::
            : "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7", "xmm8", "xmm9", "xmm10", "xmm11");
  }
}

// AVX2 has no such unit: vpmaddubsw and vpmaddwd together do it.
void maddubs_256() {
  for (std::size_t i = 0; i < steps; ++i) {
    asm volatile(
        "vpmaddubsw %%ymm12, %%ymm13, %%ymm0\n vpmaddwd %%ymm0, %%ymm14, %%ymm0\n vpaddd %%ymm0, %%ymm6, %%ymm6\n"
        "vpmaddubsw %%ymm12, %%ymm13, %%ymm1\n vpmaddwd %%ymm1, %%ymm14, %%ymm1\n vpaddd %%ymm1, %%ymm7, %%ymm7\n"
        "vpmaddubsw %%ymm12, %%ymm13, %%ymm2\n vpmaddwd %%ymm2, %%ymm14, %%ymm2\n vpaddd %%ymm2, %%ymm8, %%ymm8\n"
        "vpmaddubsw %%ymm12, %%ymm13, %%ymm3\n vpmaddwd %%ymm3, %%ymm14, %%ymm3\n vpaddd %%ymm3, %%ymm9, %%ymm9\n" ::
            : "xmm0", "xmm1", "xmm2", "xmm3", "xmm6", "xmm7", "xmm8", "xmm9");
  }
}

// Both factors are set to 0 first: what they held before might be numbers that the unit is slow with.
void fma_512() {
  for (std::size_t i = 0; i < steps; ++i) {
    asm volatile(
        "vpxord %%zmm12, %%zmm12, %%zmm12\n vpxord %%zmm13, %%zmm13, %%zmm13\n"
        "vfmadd231ps %%zmm12, %%zmm13, %%zmm0\n vfmadd231ps %%zmm12, %%zmm13, %%zmm1\n"
        "vfmadd231ps %%zmm12, %%zmm13, %%zmm2\n vfmadd231ps %%zmm12, %%zmm13, %%zmm3\n"
        "vfmadd231ps %%zmm12, %%zmm13, %%zmm4\n vfmadd231ps %%zmm12, %%zmm13, %%zmm5\n"
        "vfmadd231ps %%zmm12, %%zmm13, %%zmm6\n vfmadd231ps %%zmm12, %%zmm13, %%zmm7\n"
        "vfmadd231ps %%zmm12, %%zmm13, %%zmm8\n vfmadd231ps %%zmm12, %%zmm13, %%zmm9\n"
        "vfmadd231ps %%zmm12, %%zmm13, %%zmm10\n vfmadd231ps %%zmm12, %%zmm13, %%zmm11\n" ::
            : "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7", "xmm8", "xmm9", "xmm10", "xmm11", "xmm12",
              "xmm13");
  }
}

void fma_256() {
  for (std::size_t i = 0; i < steps; ++i) {
    asm volatile(
        "vpxor %%ymm12, %%ymm12, %%ymm12\n vpxor %%ymm13, %%ymm13, %%ymm13\n"
        "vfmadd231ps %%ymm12, %%ymm13, %%ymm0\n vfmadd231ps %%ymm12, %%ymm13, %%ymm1\n"
        "vfmadd231ps %%ymm12, %%ymm13, %%ymm2\n vfmadd231ps %%ymm12, %%ymm13, %%ymm3\n"
        "vfmadd231ps %%ymm12, %%ymm13, %%ymm4\n vfmadd231ps %%ymm12, %%ymm13, %%ymm5\n"
        "vfmadd231ps %%ymm12, %%ymm13, %%ymm6\n vfmadd231ps %%ymm12, %%ymm13, %%ymm7\n"
        "vfmadd231ps %%ymm12, %%ymm13, %%ymm8\n vfmadd231ps %%ymm12, %%ymm13, %%ymm9\n"
        "vfmadd231ps %%ymm12, %%ymm13, %%ymm10\n vfmadd231ps %%ymm12, %%ymm13, %%ymm11\n" ::
            : "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7", "xmm8", "xmm9", "xmm10", "xmm11", "xmm12",
              "xmm13");
  }
}

void dpbf16_512() {
  for (std::size_t i = 0; i < steps; ++i) {
    asm volatile(
        "vpxord %%zmm12, %%zmm12, %%zmm12\n vpxord %%zmm13, %%zmm13, %%zmm13\n"
        "vdpbf16ps %%zmm12, %%zmm13, %%zmm0\n vdpbf16ps %%zmm12, %%zmm13, %%zmm1\n"
        "vdpbf16ps %%zmm12, %%zmm13, %%zmm2\n vdpbf16ps %%zmm12, %%zmm13, %%zmm3\n"
        "vdpbf16ps %%zmm12, %%zmm13, %%zmm4\n vdpbf16ps %%zmm12, %%zmm13, %%zmm5\n"
        "vdpbf16ps %%zmm12, %%zmm13, %%zmm6\n vdpbf16ps %%zmm12, %%zmm13, %%zmm7\n"
        "vdpbf16ps %%zmm12, %%zmm13, %%zmm8\n vdpbf16ps %%zmm12, %%zmm13, %%zmm9\n"
        "vdpbf16ps %%zmm12, %%zmm13, %%zmm10\n vdpbf16ps %%zmm12, %%zmm13, %%zmm11\n" ::
            : "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7", "xmm8", "xmm9", "xmm10", "xmm11", "xmm12",
              "xmm13");
  }
}

// `products` of one step of `run`.
Peak peak_of(const char* unit, std::size_t products, void (*run)(), std::size_t threads) {
  const double seconds = best_seconds(peak_rounds, [&] { on_threads(threads, [&](std::size_t) { run(); }); });
  return {.unit = unit, .operations = 2 * static_cast<double>(steps * products * threads) / seconds};
}

}  // namespace

void on_threads(std::size_t threads, const std::function<void(std::size_t)>& work) {
  std::vector<std::thread> others;
  for (std::size_t i = 0; i + 1 < threads; ++i) others.emplace_back([&work, i] { work(i); });
  work(threads - 1);
  for (std::thread& other : others) other.join();
}

double best_seconds(int rounds, const std::function<void()>& work) {
  using Clock = std::chrono::steady_clock;
  double best = 1e30;
  for (int round = 0; round < rounds; ++round) {
    const Clock::time_point start = Clock::now();
    work();
    best = std::min(best, std::chrono::duration<double>(Clock::now() - start).count());
  }
  return best;
}

PlainMemory::PlainMemory(std::size_t bytes)
    : bytes_((bytes + large_page - 1) / large_page * large_page),
      memory_(static_cast<std::byte*>(std::aligned_alloc(large_page, bytes_))) {
  ::madvise(memory_, bytes_, MADV_HUGEPAGE);
  std::memset(memory_, 3, bytes_);
  bytes_ = bytes;
}

PlainMemory::~PlainMemory() { std::free(memory_); }

void PlainMemory::read(std::size_t threads) const {
  static std::atomic<std::uint64_t> sink;
  const std::size_t words = bytes_ / sizeof(std::uint64_t);
  on_threads(threads, [&](std::size_t thread) {
    const std::size_t first = words * thread / threads / 64 * 64;
    const std::size_t end = thread + 1 == threads ? words : words * (thread + 1) / threads / 64 * 64;
    sink |= read_words(reinterpret_cast<const std::uint64_t*>(memory_) + first, end - first);
  });
}

Peak int8_peak(std::size_t threads) {
  __builtin_cpu_init();
  if (__builtin_cpu_supports("avx512vnni")) return peak_of("avx512-vnni", registers * 64, dpbusd_512, threads);
  if (__builtin_cpu_supports("avx2")) return peak_of("avx2", std::size_t{4} * 32, maddubs_256, threads);
  return {.unit = "none"};
}

Peak bf16_peak(std::size_t threads) {
  __builtin_cpu_init();
  if (__builtin_cpu_supports("avx512bf16")) return peak_of("avx512-bf16", registers * 32, dpbf16_512, threads);
  return {.unit = "none"};
}

Peak f32_peak(std::size_t threads) {
  __builtin_cpu_init();
  if (__builtin_cpu_supports("avx512f")) return peak_of("avx512", registers * 16, fma_512, threads);
  if (__builtin_cpu_supports("fma")) return peak_of("avx2", registers * 8, fma_256, threads);
  return {.unit = "none"};
}

}  // namespace likeness::bench
