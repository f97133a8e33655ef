// The audit file: JSON lines, appended.
//
// A line is handed to the operating system before the answer leaves; it is not flushed to the disk one by one, so a
// power failure can take the last seconds (the ledger is what may not lose anything). What could not be written is kept
// in memory, up to max_unwritten bytes, and written first as soon as there is room again; what is more is lost, and the
// caller of write() is told each time.
//
// Thread rule: all methods may be called from any thread.
#pragma once

#include <atomic>
#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>

#include "api/audit_log.h"
#include "base/result.h"
#include "base/thread_annotations.h"

namespace likeness::app {

class AuditFile final : public api::AuditSink {
 public:
  static constexpr std::size_t max_unwritten = std::size_t{1} << 20;

  AuditFile() = default;  // records are not wanted until open()
  ~AuditFile() override;
  AuditFile(const AuditFile&) = delete;
  AuditFile& operator=(const AuditFile&) = delete;

  // Goes on with the file of that name, made with mode 0600 if it is not there; also to follow logrotate, which moved
  // the old one away. An empty path: no records any more. Errors: unavailable; then all is as it was.
  [[nodiscard]] Result<void> open(const std::filesystem::path& path, bool required);

  [[nodiscard]] bool wanted() const override { return wanted_; }
  [[nodiscard]] bool required() const override { return required_; }
  [[nodiscard]] Result<void> ready() override;
  [[nodiscard]] Result<void> write(std::string_view line) override;

 private:
  // Writes what is left from before. Errors: unavailable.
  [[nodiscard]] Result<void> write_left() REQUIRES(mutex_);

  std::atomic<bool> wanted_ = false;
  std::atomic<bool> required_ = false;
  Mutex mutex_;
  std::filesystem::path path_ GUARDED_BY(mutex_);
  int file_ GUARDED_BY(mutex_) = -1;
  std::string left_ GUARDED_BY(mutex_);  // not written yet: at most max_unwritten bytes
  bool cut_ GUARDED_BY(mutex_) = false;  // left_ starts in the middle of a line
};

}  // namespace likeness::app
