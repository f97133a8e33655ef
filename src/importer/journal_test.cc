#include "importer/journal.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include "base/ids.h"

namespace likeness::importer {
namespace {

class JournalTest : public testing::Test {
 protected:
  ~JournalTest() override {
    std::error_code failure;
    std::filesystem::remove(file_, failure);
  }
  std::unique_ptr<Journal> open(const char* purpose = "server c") {
    Result<std::unique_ptr<Journal>> journal = Journal::open(file_, purpose);
    EXPECT_TRUE(journal.ok()) << (journal.ok() ? "" : journal.error().message);
    return journal.ok() ? *std::move(journal) : nullptr;
  }
  std::string text() const {
    std::ifstream file(file_, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  }
  void write(const std::string& text) const { std::ofstream(file_, std::ios::binary | std::ios::trunc) << text; }
  static Digest key(const std::string& path) { return picture_key(path, as_bytes("bytes of " + path)); }

  const std::filesystem::path file_ = std::filesystem::temp_directory_path() / ("likeness_journal_" + random_uuid());
};

TEST_F(JournalTest, WhatWasAddedIsThereAfterwards) {
  {
    const auto journal = open();
    ASSERT_TRUE(journal->add(key("a"), {Outcome::enrolled, "face-1"}, "a").ok());
    ASSERT_TRUE(journal->add(key("b\tc\nd"), {Outcome::refused, "no\tface\n100 %"}, "b\tc\nd").ok());
    ASSERT_TRUE(journal->add(key("a"), {Outcome::associated, "face-1"}, "a").ok());
  }
  const auto journal = open();
  EXPECT_EQ(journal->size(), 2U);
  EXPECT_EQ(journal->find(key("a"))->outcome, Outcome::associated);
  EXPECT_EQ(journal->find(key("a"))->detail, "face-1");
  EXPECT_EQ(journal->find(key("b\tc\nd"))->detail, "no\tface\n100 %");
  EXPECT_FALSE(journal->find(picture_key("a", as_bytes("other bytes"))));
  EXPECT_FALSE(journal->find(picture_key("e", as_bytes("bytes of a"))));
}

// A process that was killed leaves any beginning of the file.
TEST_F(JournalTest, AnyBeginningOfTheFileOpens) {
  {
    const auto journal = open();
    for (const char* path : {"a", "b", "c"}) ASSERT_TRUE(journal->add(key(path), {Outcome::enrolled, "f"}, path).ok());
  }
  const std::string whole = text();
  for (std::size_t size = 0; size <= whole.size(); ++size) {
    write(whole.substr(0, size));
    const auto lines =
        static_cast<std::size_t>(std::count(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size), '\n'));
    {
      const auto journal = open();
      ASSERT_NE(journal, nullptr) << size;
      EXPECT_EQ(journal->size(), lines > 0 ? lines - 1 : 0) << size;
      ASSERT_TRUE(journal->add(key("d"), {Outcome::refused, "x"}, "d").ok());
    }
    EXPECT_TRUE(open()->find(key("d"))) << size;
  }
}

TEST_F(JournalTest, AnotherImportsFileIsRefused) {
  {
    const auto journal = open();
  }
  EXPECT_EQ(Journal::open(file_, "server d").error().kind, ErrorKind::invalid_argument);
  write("somebody's notes\n");
  EXPECT_EQ(Journal::open(file_, "server c").error().kind, ErrorKind::invalid_argument);
  write("somebody's notes without an end");
  EXPECT_EQ(Journal::open(file_, "server c").error().kind, ErrorKind::invalid_argument);
  EXPECT_EQ(text(), "somebody's notes without an end");
}

TEST_F(JournalTest, DamageIsSaid) {
  {
    ASSERT_TRUE(open()->add(key("a"), {Outcome::enrolled, "f"}, "a").ok());
  }
  const std::string whole = text();
  std::string bad = whole;
  bad[whole.find('\n') + 3] = 'x';
  write(bad);
  EXPECT_EQ(Journal::open(file_, "server c").error().kind, ErrorKind::corrupt);
}

TEST_F(JournalTest, OneImportWritesItAtATime) {
  const auto journal = open();
  EXPECT_EQ(Journal::open(file_, "server c").error().kind, ErrorKind::unavailable);
}

TEST_F(JournalTest, ThreadsWriteWholeLines) {
  {
    const auto journal = open();
    std::vector<std::thread> threads;
    threads.reserve(4);
    for (int thread = 0; thread < 4; ++thread) {
      threads.emplace_back([&journal, thread] {
        for (int i = 0; i < 25; ++i) {
          const std::string path = std::to_string(thread) + "/" + std::to_string(i);
          EXPECT_TRUE(journal->add(key(path), {Outcome::enrolled, path}, path).ok());
        }
      });
    }
    for (std::thread& thread : threads) thread.join();
  }
  EXPECT_EQ(open()->size(), 100U);
}

}  // namespace
}  // namespace likeness::importer
