#include "app/data_folder.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string>
#include <system_error>

namespace likeness::app {

Result<DataFolder> DataFolder::open(const std::filesystem::path& path) {
  std::error_code failure;
  if (std::filesystem::create_directories(path, failure)) {
    // Ours from the start: keys and, later, templates lie in it.
    std::filesystem::permissions(path, std::filesystem::perms::owner_all, failure);
  }
  if (failure)
    return Error(ErrorKind::unavailable, path.string() + ": cannot make the data folder: " + failure.message());
  const std::filesystem::path lock_path = path / "lock";
  const int lock = ::open(lock_path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (lock < 0) {
    return Error(ErrorKind::unavailable,
                 lock_path.string() + ": cannot write to the data folder: " + std::strerror(errno));
  }
  DataFolder folder(path, lock);
  if (::flock(lock, LOCK_EX | LOCK_NB) != 0) {
    return Error(
        ErrorKind::unavailable,
        path.string() + ": another likeness process uses this data folder; stop it or choose another with --data");
  }
  return folder;
}

DataFolder::~DataFolder() {
  if (lock_ >= 0) ::close(lock_);
}

}  // namespace likeness::app
