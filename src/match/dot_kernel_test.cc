#include "match/dot_kernel.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <memory>
#include <numeric>
#include <random>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "match/row_groups.h"

namespace likeness::match {
namespace {

// Codes at an address that the kernels accept, with a fence behind them that AddressSanitizer watches.
class AlignedCodes {
 public:
  explicit AlignedCodes(std::size_t size) : size_(size), codes_(static_cast<Code*>(std::aligned_alloc(64, size))) {}
  ~AlignedCodes() { std::free(codes_); }
  AlignedCodes(const AlignedCodes&) = delete;
  AlignedCodes& operator=(const AlignedCodes&) = delete;
  AlignedCodes(AlignedCodes&& other) noexcept : size_(other.size_), codes_(std::exchange(other.codes_, nullptr)) {}
  [[nodiscard]] Code* data() { return codes_; }
  [[nodiscard]] StoredCode* stored() { return reinterpret_cast<StoredCode*>(codes_); }
  void fill(std::mt19937& random, int low, int high) {
    std::uniform_int_distribution<int> codes(low, high);
    std::generate_n(codes_, size_, [&] { return static_cast<Code>(codes(random)); });
  }

 private:
  std::size_t size_;
  Code* codes_;
};

std::vector<std::int32_t> sums_of(AlignedCodes& queries, std::size_t query_count, std::size_t row_bytes) {
  std::vector<std::int32_t> sums;
  for (std::size_t q = 0; q < query_count; ++q) {
    sums.push_back(std::accumulate(queries.data() + q * row_bytes, queries.data() + (q + 1) * row_bytes, 0));
  }
  return sums;
}

// The rows in the order of the kernels; the same address rules as the codes.
AlignedCodes grouped(AlignedCodes& rows, std::size_t row_count, std::size_t row_bytes) {
  AlignedCodes groups(row_count * row_bytes);
  for (std::size_t r = 0; r < row_count; ++r) {
    put_row(groups.stored(), r, std::span(rows.data() + r * row_bytes, row_bytes));
  }
  return groups;
}

std::vector<std::int32_t> products_of(const DotKernel& kernel, AlignedCodes& queries, std::size_t query_count,
                                      AlignedCodes& groups, std::size_t row_count, std::size_t row_bytes) {
  std::vector<std::int32_t> products(query_count * row_count, -1);
  const std::vector<std::int32_t> sums = sums_of(queries, query_count, row_bytes);
  kernel.dot({queries.data(), sums.data(), query_count}, groups.stored(), row_count / rows_per_group, row_bytes,
             products.data());
  return products;
}

// Nothing of the room's order or kernels: row by row.
std::vector<std::int32_t> naive_products(AlignedCodes& queries, std::size_t query_count, AlignedCodes& rows,
                                         std::size_t row_count, std::size_t row_bytes) {
  std::vector<std::int32_t> products;
  for (std::size_t q = 0; q < query_count; ++q) {
    for (std::size_t r = 0; r < row_count; ++r) {
      products.push_back(std::inner_product(queries.data() + q * row_bytes, queries.data() + (q + 1) * row_bytes,
                                            rows.data() + r * row_bytes, 0));
    }
  }
  return products;
}

class EachDotKernel : public testing::TestWithParam<DotKernel> {};

TEST_P(EachDotKernel, GivesTheNumbersOfPlainArithmetic) {
  std::mt19937 random(7);
  for (const std::size_t row_bytes : {64U, 128U, 192U, 512U, 1024U}) {
    for (const std::size_t row_count : {16U, 32U, 48U, 64U, 80U, 128U}) {
      AlignedCodes rows(row_count * row_bytes);
      rows.fill(random, -127, 127);
      AlignedCodes groups = grouped(rows, row_count, row_bytes);
      for (std::size_t query_count = 1; query_count <= 64; query_count += query_count < 20 ? 1 : 11) {
        AlignedCodes queries(query_count * row_bytes);
        queries.fill(random, -127, 127);
        ASSERT_EQ(products_of(GetParam(), queries, query_count, groups, row_count, row_bytes),
                  naive_products(queries, query_count, rows, row_count, row_bytes))
            << row_bytes << " bytes, " << query_count << " queries, " << row_count << " rows";
      }
    }
  }
}

TEST_P(EachDotKernel, GivesTheNumbersOfTheScalarOneForEveryRowLength) {
  const DotKernel& scalar = kernels_of_this_cpu().front();
  std::mt19937 random(9);
  for (std::size_t row_bytes = 64; row_bytes <= max_row_bytes; row_bytes += 64) {
    AlignedCodes rows(80 * row_bytes);
    rows.fill(random, -127, 127);
    AlignedCodes groups = grouped(rows, 80, row_bytes);
    AlignedCodes queries(7 * row_bytes);
    queries.fill(random, -127, 127);
    ASSERT_EQ(products_of(GetParam(), queries, 7, groups, 80, row_bytes),
              products_of(scalar, queries, 7, groups, 80, row_bytes))
        << row_bytes;
  }
}

TEST_P(EachDotKernel, SaturatesNowhere) {
  std::mt19937 random(8);
  for (const auto& [query, row] : {std::pair{127, 127}, {127, -127}, {-127, 127}, {-127, -127}, {0, -127}, {-127, 0}}) {
    AlignedCodes queries(7 * max_row_bytes);
    AlignedCodes rows(rows_per_group * max_row_bytes);
    queries.fill(random, query, query);
    rows.fill(random, row, row);
    AlignedCodes groups = grouped(rows, rows_per_group, max_row_bytes);
    EXPECT_EQ(products_of(GetParam(), queries, 7, groups, rows_per_group, max_row_bytes),
              naive_products(queries, 7, rows, rows_per_group, max_row_bytes));
  }
}

TEST_P(EachDotKernel, FindsTheHitsOfTheScalarOne) {
  const DotKernel& scalar = kernels_of_this_cpu().front();
  std::mt19937 random(10);
  std::uniform_int_distribution<std::int32_t> products_around(-2'000'000, 2'000'000);
  std::uniform_real_distribution<float> steps_around(0.0001F, 0.01F);
  constexpr float nothing = std::numeric_limits<float>::quiet_NaN();
  constexpr float infinite = std::numeric_limits<float>::infinity();
  for (const std::size_t groups : {1U, 3U, 4U, 8U}) {
    for (const std::size_t query_count : {1U, 5U, 64U}) {
      std::vector<std::int32_t> products(query_count * groups * rows_per_group);
      std::vector<float> steps(groups * rows_per_group);
      std::vector<float> least(query_count);
      std::vector<float> slack(query_count);
      std::generate(slack.begin(), slack.end(), [&] { return std::abs(steps_around(random)) * 1e6F; });
      std::generate(products.begin(), products.end(), [&] { return products_around(random); });
      std::generate(steps.begin(), steps.end(), [&] { return steps_around(random); });
      std::generate(least.begin(), least.end(), [&] { return static_cast<float>(products_around(random)) * 0.005F; });
      least.front() = (static_cast<float>(products.front()) + slack.front()) * steps.front();  // exactly: a hit
      if (query_count > 4) {
        least[1] = nothing;
        least[2] = infinite;
        least[3] = -infinite;
      }
      std::vector<std::uint16_t> hits(query_count * groups);
      std::vector<std::uint16_t> expected(query_count * groups);
      const std::uint64_t expected_queries = scalar.find_hits(products.data(), steps.data(), groups, slack.data(),
                                                              least.data(), query_count, expected.data());
      EXPECT_EQ(GetParam().find_hits(products.data(), steps.data(), groups, slack.data(), least.data(), query_count,
                                     hits.data()),
                expected_queries);
      EXPECT_EQ(hits, expected);
      EXPECT_EQ(hits.front() & 1, 1);
      if (query_count > 4) {
        EXPECT_EQ(expected_queries & 0b1110, 0b1000U);
      }
    }
  }
}

TEST(RowGroups, KeepEachRowApart) {
  std::mt19937 random(11);
  constexpr std::size_t row_bytes = 192;
  AlignedCodes rows(48 * row_bytes);
  rows.fill(random, -127, 127);
  AlignedCodes groups = grouped(rows, 48, row_bytes);
  erase_row(groups.stored(), 20, row_bytes);
  std::fill_n(rows.data() + 20 * row_bytes, row_bytes, Code{0});
  for (std::size_t r = 0; r < 48; ++r) {
    std::vector<Code> row(row_bytes);
    get_row(groups.stored(), r, row);
    EXPECT_TRUE(std::equal(row.begin(), row.end(), rows.data() + r * row_bytes)) << r;
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
