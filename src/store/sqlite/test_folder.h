// A folder of a test's own, gone when the test is.
//
// Linked into tests only. Thread rule: the names are unique over threads and processes.
#pragma once

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "base/bytes.h"
#include "base/ids.h"

namespace likeness::store {

class TestFolder {
 public:
  TestFolder() : path_(std::filesystem::temp_directory_path() / ("likeness_store_" + random_uuid())) {
    std::filesystem::create_directories(path_);
  }
  ~TestFolder() {
    std::error_code failure;
    std::filesystem::remove_all(path_, failure);
  }
  TestFolder(const TestFolder&) = delete;
  TestFolder& operator=(const TestFolder&) = delete;

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  [[nodiscard]] std::filesystem::path database() const { return path_ / "likeness.db"; }
  [[nodiscard]] std::filesystem::path wal() const { return path_ / "likeness.db-wal"; }

 private:
  const std::filesystem::path path_;
};

[[nodiscard]] inline Bytes read_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

inline void write_file(const std::filesystem::path& path, const Bytes& bytes) {
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file.write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
}

}  // namespace likeness::store
