#include "app/audit_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

namespace likeness::app {

namespace {

Error unwritable(const std::filesystem::path& path) {
  return {ErrorKind::unavailable, path.string() + ": cannot write the audit file: " + std::strerror(errno)};
}

// Whether the file ends in the middle of a line: a process died or a disk was full while it was written.
bool ends_in_a_line(int file) {
  struct stat status = {};
  char last = '\n';
  return ::fstat(file, &status) == 0 && S_ISREG(status.st_mode) && status.st_size > 0 &&
         ::pread(file, &last, 1, status.st_size - 1) == 1 && last != '\n';
}

}  // namespace

AuditFile::~AuditFile() {
  if (file_ >= 0) ::close(file_);
}

Result<void> AuditFile::open(const std::filesystem::path& path, bool required) {
  int fresh = -1;
  if (!path.empty()) {
    fresh = ::open(path.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fresh < 0) return unwritable(path);
  }
  const MutexLock lock(mutex_);
  if (file_ >= 0) {
    (void)write_left();  // what the old file does not take goes into the new one
    ::close(file_);
  }
  // The rest of a line whose start stands in the old file is worth nothing in another.
  if (cut_) left_.erase(0, left_.find('\n') + 1);
  cut_ = false;
  file_ = fresh;
  if (fresh >= 0 && ends_in_a_line(fresh)) left_.insert(0, 1, '\n');
  path_ = path;
  required_ = required;
  wanted_ = fresh >= 0;
  return {};
}

Result<void> AuditFile::ready() {
  const MutexLock lock(mutex_);
  return write_left();
}

Result<void> AuditFile::write(std::string_view line) {
  const MutexLock lock(mutex_);
  if (file_ < 0) return {};  // switched off since wanted() was asked
  if (left_.size() + line.size() + 1 > max_unwritten) {
    const Result<void> written = write_left();
    if (!written.ok()) return written.error();
  }
  left_.append(line).push_back('\n');
  return write_left();
}

Result<void> AuditFile::write_left() {
  std::size_t done = 0;
  while (done < left_.size()) {
    const ssize_t written = ::write(file_, left_.data() + done, left_.size() - done);
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) break;
    done += static_cast<std::size_t>(written);
  }
  const int failure = errno;
  if (done > 0) cut_ = left_[done - 1] != '\n';
  const bool all = done == left_.size();
  left_.erase(0, done);
  errno = failure;
  if (!all) return unwritable(path_);
  return {};
}

}  // namespace likeness::app
