#include "match/int8_codes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <utility>
#include <vector>

#include "match/naive_search.h"
#include "match/random_vectors.h"

namespace likeness::match {
namespace {

TEST(Int8Codes, TheLargestComponentBecomes127) {
  const std::vector<float> vector = {0.0F, 0.25F, -0.5F, 0.001F, std::numeric_limits<float>::quiet_NaN()};
  std::vector<Code> codes(code_row_bytes(vector.size()), Code{99});
  EXPECT_FLOAT_EQ(encode(vector, codes), 0.5F / 127);
  ASSERT_EQ(codes.size(), 64U);
  EXPECT_THAT(std::vector<Code>(codes.begin(), codes.begin() + 5), testing::ElementsAre(0, 64, -127, 0, 0));
  EXPECT_THAT(std::vector<Code>(codes.begin() + 5, codes.end()), testing::Each(Code{0}));
}

TEST(Int8Codes, WhatIsNoVectorIsZeros) {
  for (const float value : {0.0F, 1e-45F, std::numeric_limits<float>::infinity()}) {
    std::vector<Code> codes(64, Code{99});
    EXPECT_EQ(encode(std::vector<float>(3, value), codes), 0);
    EXPECT_THAT(codes, testing::Each(Code{0}));
  }
}

TEST(Int8Codes, RowsAreWholeCacheLines) {
  EXPECT_EQ(code_row_bytes(1), 64U);
  EXPECT_EQ(code_row_bytes(64), 64U);
  EXPECT_EQ(code_row_bytes(65), 128U);
  EXPECT_EQ(code_row_bytes(192), 192U);
  EXPECT_EQ(code_row_bytes(512), 512U);
}

TEST(Int8Codes, CosinesStayClose) {
  const std::pair<std::size_t, double> tolerances[] = {{128, 0.001}, {192, 0.001}, {512, 0.0006}};
  for (const auto& [dimension, tolerance] : tolerances) {
    RandomVectors vectors(dimension);
    double squares = 0;
    constexpr int pairs = 2000;
    for (int i = 0; i < pairs; ++i) {
      const std::vector<float> a = vectors.stranger();
      const std::vector<float> b = vectors.same_person(a);
      const double error = NaiveIndex::rounded_cosine(a, b) - NaiveIndex::exact_cosine(a, b);
      ASSERT_LT(std::abs(error), tolerance);
      squares += error * error;
    }
    EXPECT_LT(std::sqrt(squares / pairs), tolerance / 4);
  }
}

}  // namespace
}  // namespace likeness::match
