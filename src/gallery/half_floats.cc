#include "gallery/half_floats.h"

#include <cstdint>
#include <cstring>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace likeness::gallery {

namespace {

static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "the bytes below are written as the CPU has them");

// The compiler's own type: correct everywhere, and slow where the CPU has no instruction for it.
std::uint16_t to_half(float value) {
  const auto half = static_cast<_Float16>(value);
  std::uint16_t bits = 0;
  std::memcpy(&bits, &half, sizeof(bits));
  return bits;
}

float from_half(std::uint16_t bits) {
  _Float16 half = 0;
  std::memcpy(&half, &bits, sizeof(bits));
  return static_cast<float>(half);
}

#if defined(__x86_64__)
// Eight at a time; what is left is the caller's. How many were done.
__attribute__((target("avx,f16c"))) std::size_t from_halves_f16c(const std::uint8_t* bytes, float* values,
                                                                 std::size_t count) {
  std::size_t done = 0;
  for (; done + 8 <= count; done += 8) {
    const __m128i halves = _mm_loadu_si128(reinterpret_cast<const __m128i*>(bytes + 2 * done));
    _mm256_storeu_ps(values + done, _mm256_cvtph_ps(halves));
  }
  return done;
}

bool has_f16c() { return __builtin_cpu_supports("avx") && __builtin_cpu_supports("f16c"); }
#endif

}  // namespace

Bytes to_half_floats(std::span<const float> values) {
  Bytes bytes(2 * values.size());
  for (std::size_t i = 0; i < values.size(); ++i) {
    const std::uint16_t half = to_half(values[i]);
    std::memcpy(bytes.data() + 2 * i, &half, sizeof(half));
  }
  return bytes;
}

std::vector<float> from_half_floats(ByteSpan bytes) {
  std::vector<float> values(bytes.size() / 2);
  std::size_t done = 0;
#if defined(__x86_64__)
  static const bool fast = has_f16c();
  if (fast) done = from_halves_f16c(bytes.data(), values.data(), values.size());
#endif
  for (; done < values.size(); ++done) {
    std::uint16_t half = 0;
    std::memcpy(&half, bytes.data() + 2 * done, sizeof(half));
    values[done] = from_half(half);
  }
  return values;
}

}  // namespace likeness::gallery
