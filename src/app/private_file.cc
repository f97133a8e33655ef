#include "app/private_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <string>

namespace likeness::app {

Result<void> write_private_file(const std::filesystem::path& path, std::string_view text) {
  const std::string aside = path.string() + ".new";
  ::unlink(aside.c_str());  // what an earlier attempt left could have another mode
  const int file = ::open(aside.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (file < 0) return Error(ErrorKind::unavailable, aside + ": cannot create: " + std::strerror(errno));
  const bool written =
      ::write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size()) && ::fsync(file) == 0;
  const int failure = errno;
  ::close(file);
  if (!written) return Error(ErrorKind::unavailable, aside + ": cannot write: " + std::strerror(failure));
  if (::rename(aside.c_str(), path.c_str()) != 0) {
    return Error(ErrorKind::unavailable, path.string() + ": cannot write: " + std::strerror(errno));
  }
  return {};
}

}  // namespace likeness::app
