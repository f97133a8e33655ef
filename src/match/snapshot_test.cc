#include "match/snapshot.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "match/random_vectors.h"

namespace likeness::match {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t dimension = 64;

class Snapshot : public testing::Test {
 protected:
  Snapshot() : folder_(fs::temp_directory_path() / ("likeness-snapshot-" + std::to_string(::getpid()))) {
    fs::create_directories(folder_);
  }
  ~Snapshot() override { fs::remove_all(folder_); }

  [[nodiscard]] fs::path path() const { return folder_ / "index"; }
  static IndexOptions options() { return {.dimension = dimension, .embedding_space = "space"}; }

  static std::unique_ptr<VectorIndex> filled(std::size_t rows) {
    auto index = VectorIndex::create(options());
    RandomVectors vectors(dimension);
    for (VectorId id = 0; id < rows; ++id) {
      const Validity validity{Time(Micros(static_cast<std::int64_t>(id))), Time(Micros(1'000'000))};
      EXPECT_TRUE((*index)->add(id * 3, vectors.stranger(), static_cast<Kind>(id % 3), validity).ok());
    }
    return *std::move(index);
  }

  using Rows = std::map<VectorId, std::tuple<Kind, Validity, float, std::vector<Code>, std::vector<std::uint8_t>>>;
  static Rows rows_of(const VectorIndex& index) {
    Rows rows;
    index.each([&](const VectorIndex::Row& row) {
      rows[row.id] = {row.kind,
                      row.validity,
                      row.step,
                      {row.codes.begin(), row.codes.end()},
                      {row.levels.begin(), row.levels.end()}};
    });
    return rows;
  }

  [[nodiscard]] std::string bytes() const {
    std::ifstream file(path(), std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  void put_bytes(const std::string& bytes) const { std::ofstream(path(), std::ios::binary) << bytes; }

  const SecretKey key_ = SecretKey::random();
  const fs::path folder_;
};

TEST_F(Snapshot, GivesBackEveryRow) {
  for (const std::size_t rows : {0U, 1U, 8191U, 8192U, 8193U, 20'000U}) {
    const auto index = filled(rows);
    if (rows > 100) {
      ASSERT_TRUE(index->remove(33));
    }
    ASSERT_TRUE(write_snapshot(*index, path(), key_, 42).ok());
    const auto loaded = read_snapshot(path(), key_, options());
    ASSERT_TRUE(loaded.ok()) << loaded.error().message;
    EXPECT_EQ(loaded->watermark, 42U);
    EXPECT_EQ(loaded->index->size(), index->size());
    EXPECT_EQ(rows_of(*loaded->index), rows_of(*index));
  }
}

TEST_F(Snapshot, IsReadableByItsOwnerOnlyAndEncrypted) {
  const auto index = filled(100);
  ASSERT_TRUE(write_snapshot(*index, path(), key_, 0).ok());
  struct stat status{};
  ASSERT_EQ(::stat(path().c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600U);
  const std::string text = bytes();
  index->each([&](const VectorIndex::Row& row) {
    const std::string codes(row.codes.begin(), row.codes.begin() + 16);
    EXPECT_EQ(text.find(codes), std::string::npos) << "codes in clear";
  });
}

TEST_F(Snapshot, EveryFlippedByteIsFound) {
  ASSERT_TRUE(write_snapshot(*filled(3), path(), key_, 7).ok());
  const std::string good = bytes();
  for (std::size_t i = 0; i < good.size(); ++i) {
    std::string bad = good;
    bad[i] = static_cast<char>(bad[i] ^ 0x10);
    put_bytes(bad);
    const auto loaded = read_snapshot(path(), key_, options());
    ASSERT_FALSE(loaded.ok()) << "byte " << i;
    ASSERT_EQ(loaded.error().kind, ErrorKind::corrupt);
  }
}

TEST_F(Snapshot, EveryCutIsFound) {
  ASSERT_TRUE(write_snapshot(*filled(8200), path(), key_, 7).ok());
  const std::string good = bytes();
  for (std::size_t size = 0; size < good.size(); size += size < 700 ? 1 : 9973) {
    put_bytes(good.substr(0, size));
    ASSERT_EQ(read_snapshot(path(), key_, options()).error().kind, ErrorKind::corrupt) << "cut to " << size;
  }
  put_bytes(good + "x");
  EXPECT_EQ(read_snapshot(path(), key_, options()).error().kind, ErrorKind::corrupt);
}

TEST_F(Snapshot, WhatIsMeantForAnotherIndexIsRefused) {
  ASSERT_TRUE(write_snapshot(*filled(3), path(), key_, 7).ok());
  EXPECT_EQ(read_snapshot(path(), SecretKey::random(), options()).error().kind, ErrorKind::corrupt);
  EXPECT_EQ(read_snapshot(path(), key_, {.dimension = 128, .embedding_space = "space"}).error().kind,
            ErrorKind::corrupt);
  EXPECT_EQ(read_snapshot(path(), key_, {.dimension = dimension, .embedding_space = "other"}).error().kind,
            ErrorKind::corrupt);
  EXPECT_EQ(read_snapshot(folder_ / "none", key_, options()).error().kind, ErrorKind::not_found);
  EXPECT_EQ(write_snapshot(*filled(3), folder_ / "no" / "folder", key_, 7).error().kind, ErrorKind::unavailable);
}

TEST_F(Snapshot, SegmentsCannotChangePlaces) {
  ASSERT_TRUE(write_snapshot(*filled(2 * 8192 + 1), path(), key_, 7).ok());
  const std::string good = bytes();
  const std::size_t header = 16 + 16 + 5;
  const std::size_t segment = 5 + 28 + std::size_t{8192} * (29 + 64 + 16);
  std::string swapped = good.substr(0, header) + good.substr(header + segment, segment) + good.substr(header, segment) +
                        good.substr(header + 2 * segment);
  ASSERT_EQ(swapped.size(), good.size());
  put_bytes(swapped);
  EXPECT_EQ(read_snapshot(path(), key_, options()).error().kind, ErrorKind::corrupt);
}

}  // namespace
}  // namespace likeness::match
