#include "server/body_pace.h"

#include <gtest/gtest.h>

#include <limits>

namespace likeness::server {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr std::uint64_t largest = 14'000'000;  // CompareFaces with two pictures of 5 MiB
const BodyPace::TimePoint start{seconds(1000)};

// The deadline of a client that sends evenly: the moment at which it is cut off, or its end if it is not.
milliseconds time_until_cut(std::uint64_t size, std::uint64_t bytes_a_second) {
  const BodyPace pace({}, size, start);
  for (std::uint64_t received = 0; received < size; received += std::min<std::uint64_t>(bytes_a_second, size)) {
    const milliseconds now = milliseconds(1000 * received / bytes_a_second);
    const auto deadline = std::chrono::duration_cast<milliseconds>(pace.deadline(received) - start);
    if (deadline < now + seconds(1)) return deadline;
  }
  return milliseconds::max();
}

TEST(BodyPaceTest, TheLargestBodyPassesOnASlowLine) {
  EXPECT_EQ(time_until_cut(largest, 32 * 1024), milliseconds::max()) << "256 kbit/s";
  EXPECT_EQ(time_until_cut(largest, 125'000), milliseconds::max()) << "1 Mbit/s";
  EXPECT_LT(time_until_cut(largest, 16 * 1024), seconds(460)) << "cut off well before the signature's end";
}

TEST(BodyPaceTest, WhoTricklesIsCutOffSoon) {
  EXPECT_EQ(time_until_cut(largest, 1), milliseconds(10'002));
  EXPECT_LT(time_until_cut(100, 1), seconds(11));
  EXPECT_LT(time_until_cut(largest, 1000), seconds(14));
  EXPECT_EQ(time_until_cut(4096, 410), milliseconds::max()) << "done within the grace";
}

TEST(BodyPaceTest, AStallIsForgivenAndABurstIsNoCreditForEver) {
  const BodyPace pace({}, 1'000'000, start);
  EXPECT_EQ(pace.deadline(0), start + seconds(10));
  EXPECT_EQ(pace.deadline(40960), start + seconds(20));
  EXPECT_EQ(pace.deadline(900'000), start + milliseconds(60517));
}

TEST(BodyPaceTest, HugeLengthsDoNotOverflow) {
  const auto most = std::numeric_limits<std::uint64_t>::max();
  EXPECT_GT(BodyPace({}, most, start).deadline(most), start + seconds(1000));
}

}  // namespace
}  // namespace likeness::server
