// The data folder: made if it is not there, and owned by one process at a time.
//
// Thread rule: opened once, from main(). Ownership: holds the lock until it is destroyed; the kernel lets go of it if
// the process dies.
#pragma once

#include <filesystem>
#include <utility>

#include "base/result.h"

namespace likeness::app {

class DataFolder {
 public:
  // Errors: unavailable (cannot be made or written, or another process holds it).
  [[nodiscard]] static Result<DataFolder> open(const std::filesystem::path& path);
  ~DataFolder();
  DataFolder(DataFolder&& other) noexcept : path_(std::move(other.path_)), lock_(std::exchange(other.lock_, -1)) {}
  DataFolder& operator=(DataFolder&&) = delete;

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  DataFolder(std::filesystem::path path, int lock) : path_(std::move(path)), lock_(lock) {}
  std::filesystem::path path_;
  int lock_;  // descriptor of DATA/lock; -1 after a move
};

}  // namespace likeness::app
