#include "gallery/half_floats.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <numeric>

#include "match/random_vectors.h"

namespace likeness::gallery {
namespace {

// IEEE 754-2019, 3.4 and 4.3.1, step by step.
float naive_half(float value) {
  if (std::isnan(value) || std::isinf(value) || value == 0) return value;
  const int exponent = std::max(std::ilogb(value), -14);  // subnormal below
  const double unit = std::ldexp(1.0, exponent - 10);
  const double rounded = std::nearbyint(static_cast<double>(value) / unit) * unit;  // ties to even
  if (std::abs(rounded) > 65504.0) return std::copysign(std::numeric_limits<float>::infinity(), value);
  return static_cast<float>(rounded);
}

TEST(HalfFloats, RoundAsTheStandardSays) {
  std::vector<float> values = {0.0F, -0.0F, 1.0F, -2.5F, 65504.0F, 65519.0F, 65520.0F, 1e-8F, 6e-8F, 1e30F, 0.1F};
  for (float value = 1e-9F; value < 1e6F; value *= 1.0371F) {
    values.push_back(value);
    values.push_back(-value);
  }
  const std::vector<float> back = from_half_floats(to_half_floats(values));
  ASSERT_EQ(back.size(), values.size());
  for (std::size_t i = 0; i < values.size(); ++i) EXPECT_EQ(back[i], naive_half(values[i])) << values[i];
}

TEST(HalfFloats, EveryHalfComesBackAndAnyCountIsRead) {
  Bytes all;
  for (unsigned bits = 0; bits < 0x7c00; ++bits) {  // the finite ones
    all.push_back(static_cast<std::uint8_t>(bits & 0xff));
    all.push_back(static_cast<std::uint8_t>(bits >> 8U));
  }
  EXPECT_EQ(to_half_floats(from_half_floats(all)), all);
  for (std::size_t count = 0; count < 40; ++count) {
    const ByteSpan some = ByteSpan(all).subspan(20'000, 2 * count);
    const std::vector<float> values = from_half_floats(some);
    ASSERT_EQ(values.size(), count);
    const Bytes again = to_half_floats(values);
    EXPECT_TRUE(std::equal(again.begin(), again.end(), some.begin()));
  }
}

TEST(HalfFloats, CosinesStay) {
  match::RandomVectors random(512, 3);
  double worst = 0;
  for (int i = 0; i < 200; ++i) {
    const std::vector<float> a = random.stranger();
    const std::vector<float> b = random.same_person(a);
    const std::vector<float> half_a = from_half_floats(to_half_floats(a));
    const std::vector<float> half_b = from_half_floats(to_half_floats(b));
    const double exact = std::inner_product(a.begin(), a.end(), b.begin(), 0.0);
    worst = std::max(worst, std::abs(exact - std::inner_product(half_a.begin(), half_a.end(), half_b.begin(), 0.0)));
  }
  EXPECT_LT(worst, 1e-4);
}

}  // namespace
}  // namespace likeness::gallery
