#include "remote/sink.h"

#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string>

namespace likeness::remote {

Result<void> BytesSink::write(ByteSpan bytes) {
  bytes_.insert(bytes_.end(), bytes.begin(), bytes.end());
  return {};
}

bool BytesSink::restart() {
  bytes_.clear();
  return true;
}

Result<void> FileSink::write(ByteSpan bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(descriptor_, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) {
      return Error(ErrorKind::unavailable, std::string("cannot write what was downloaded: ") + std::strerror(errno));
    }
    bytes = bytes.subspan(static_cast<std::size_t>(written));
  }
  return {};
}

bool FileSink::restart() { return ::lseek(descriptor_, 0, SEEK_SET) == 0 && ::ftruncate(descriptor_, 0) == 0; }

}  // namespace likeness::remote
