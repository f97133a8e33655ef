#include "match/dot_kernel.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <random>
#include <string>
#include <vector>

namespace likeness::match {
namespace {

// Codes at an address that the kernels accept, with a fence behind them that AddressSanitizer watches.
class AlignedCodes {
 public:
  explicit AlignedCodes(std::size_t size) : size_(size), codes_(static_cast<Code*>(std::aligned_alloc(64, size))) {}
  ~AlignedCodes() { std::free(codes_); }
  AlignedCodes(const AlignedCodes&) = delete;
  AlignedCodes& operator=(const AlignedCodes&) = delete;
  [[nodiscard]] Code* data() { return codes_; }
  void fill(std::mt19937& random, int low, int high) {
    std::uniform_int_distribution<int> codes(low, high);
    std::generate_n(codes_, size_, [&] { return static_cast<Code>(codes(random)); });
  }

 private:
  std::size_t size_;
  Code* codes_;
};

std::vector<std::int32_t> products_of(const DotKernel& kernel, AlignedCodes& queries, std::size_t query_count,
                                      AlignedCodes& rows, std::size_t row_count, std::size_t row_bytes) {
  std::vector<std::int32_t> products(query_count * row_count, -1);
  kernel.dot(queries.data(), query_count, rows.data(), row_count, row_bytes, products.data());
  return products;
}

class EachDotKernel : public testing::TestWithParam<DotKernel> {};

TEST_P(EachDotKernel, GivesTheNumbersOfTheScalarOne) {
  const DotKernel& scalar = kernels_of_this_cpu().front();
  std::mt19937 random(7);
  for (const std::size_t row_bytes : {64U, 128U, 192U, 512U, 4096U}) {
    for (const std::size_t query_count : {1U, 2U, 3U, 4U, 5U, 9U}) {
      for (const std::size_t row_count : {1U, 2U, 31U, 32U}) {
        AlignedCodes queries(query_count * row_bytes);
        AlignedCodes rows(row_count * row_bytes);
        queries.fill(random, -127, 127);
        rows.fill(random, -127, 127);
        EXPECT_EQ(products_of(GetParam(), queries, query_count, rows, row_count, row_bytes),
                  products_of(scalar, queries, query_count, rows, row_count, row_bytes))
            << row_bytes << " bytes, " << query_count << " queries, " << row_count << " rows";
      }
    }
  }
}

TEST_P(EachDotKernel, SaturatesNowhere) {
  const DotKernel& scalar = kernels_of_this_cpu().front();
  std::mt19937 random(8);
  for (const auto& [query, row] : {std::pair{127, 127}, {127, -127}, {-127, 127}, {-127, -127}, {0, -127}, {-127, 0}}) {
    AlignedCodes queries(4 * max_row_bytes);
    AlignedCodes rows(2 * max_row_bytes);
    queries.fill(random, query, query);
    rows.fill(random, row, row);
    EXPECT_EQ(products_of(GetParam(), queries, 4, rows, 2, max_row_bytes),
              products_of(scalar, queries, 4, rows, 2, max_row_bytes));
  }
}

INSTANTIATE_TEST_SUITE_P(OfThisCpu, EachDotKernel,
                         testing::ValuesIn(kernels_of_this_cpu().begin(), kernels_of_this_cpu().end()),
                         [](const auto& tested) {
                           std::string name(tested.param.name);
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

TEST(DotKernel, TheDefaultIsProvenAndExecutable) {
  EXPECT_TRUE(default_kernel().proven);
  const auto executable = kernels_of_this_cpu();
  EXPECT_TRUE(std::any_of(executable.begin(), executable.end(),
                          [](const DotKernel& kernel) { return kernel.name == default_kernel().name; }));
  EXPECT_EQ(executable.front().name, "scalar");
}

}  // namespace
}  // namespace likeness::match
