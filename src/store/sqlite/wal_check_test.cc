#include "store/sqlite/wal_check.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <sstream>
#include <string>

#include "store/sqlite/test_folder.h"

namespace likeness::store {
namespace {

// Logs of pages of 512 bytes, written by a few lines of Python from the description of the format: commits behind the
// second, third and fifth frame.
Bytes corpus(const std::string& name) {
  const Bytes bytes = read_file(std::filesystem::path(LIKENESS_SOURCE_DIR) / "fuzz/corpus/wal_fuzz" / name);
  EXPECT_FALSE(bytes.empty()) << name;
  return bytes;
}

constexpr std::size_t frame_size = 24 + 512;

std::size_t frame(std::size_t number) { return 32 + (number - 1) * frame_size; }

bool in_order(const Bytes& log) {
  std::istringstream stream(std::string(log.begin(), log.end()));
  const Result<void> result = check_wal(stream, "log");
  EXPECT_TRUE(result.ok() || result.error().kind == ErrorKind::corrupt);
  return result.ok();
}

TEST(WalCheck, WholeLogsOfBothByteOrdersAreInOrder) {
  EXPECT_TRUE(in_order(corpus("little-endian")));
  EXPECT_TRUE(in_order(corpus("big-endian")));
  EXPECT_TRUE(in_order({}));
  EXPECT_TRUE(check_wal(std::filesystem::path("/nonexistent/likeness.db-wal")).ok());
}

TEST(WalCheck, AnyByteOfTheOlderTransactionsIsNoticed) {
  for (const char* name : {"little-endian", "big-endian"}) {
    const Bytes log = corpus(name);
    for (std::size_t place = 0; place < frame(4); ++place) {
      Bytes damaged = log;
      damaged[place] ^= 0x10;
      EXPECT_FALSE(in_order(damaged)) << name << ", byte " << place;
    }
  }
}

TEST(WalCheck, DamageInTheNewestTransactionLooksLikeACut) {
  Bytes damaged = corpus("little-endian");
  damaged[frame(4) + 200] ^= 1;
  EXPECT_TRUE(in_order(damaged));
}

TEST(WalCheck, LogThatWasCutAnywhereIsInOrder) {
  const Bytes log = corpus("little-endian");
  for (std::size_t size = 0; size < log.size(); ++size) {
    EXPECT_TRUE(in_order({log.begin(), log.begin() + static_cast<std::ptrdiff_t>(size)})) << size;
  }
}

// What a log of an earlier round leaves behind the end of the present one: other salts.
TEST(WalCheck, LeftoversBehindTheEndAreInOrder) {
  Bytes log = corpus("little-endian");
  for (std::size_t number = 3; number <= 5; ++number) log[frame(number) + 8] ^= 1;
  EXPECT_TRUE(in_order(log));
}

}  // namespace
}  // namespace likeness::store
