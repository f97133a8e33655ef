#include "remote/open_beneath.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <optional>

namespace likeness::remote {

namespace {

// Empty if there is no such system call, or none for us.
std::optional<int> open_by_kernel(int folder, const std::vector<std::string>& segments, int flags) {
  std::string path;
  for (const std::string& segment : segments) path.append(path.empty() ? "" : "/").append(segment);
  open_how how{};
  how.flags = static_cast<std::uint64_t>(static_cast<unsigned>(flags));
  how.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS;
  // EAGAIN: something was renamed while the kernel looked; a few tries, then it is refused.
  for (int attempt = 0; attempt < 4; ++attempt) {
    const long opened = ::syscall(SYS_openat2, folder, path.c_str(), &how, sizeof how);
    if (opened >= 0) return static_cast<int>(opened);
    if (errno == ENOSYS || errno == EPERM) return std::nullopt;
    if (errno != EAGAIN && errno != EINTR) return -1;
  }
  return -1;
}

int open_by_segments(int folder, const std::vector<std::string>& segments, int flags) {
  FileDescriptor held;
  int at = folder;
  for (std::size_t i = 0; i + 1 < segments.size(); ++i) {
    // O_PATH with O_NOFOLLOW would open a link itself; O_DIRECTORY refuses it.
    held = FileDescriptor(::openat(at, segments[i].c_str(), O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (!held) return -1;
    at = held.get();
  }
  return ::openat(at, segments.back().c_str(), flags);
}

}  // namespace

FileDescriptor::~FileDescriptor() {
  if (number_ >= 0) ::close(number_);
}

FileDescriptor open_beneath(int folder, const std::vector<std::string>& segments, int flags, Resolver resolver) {
  flags |= O_CLOEXEC | O_NOFOLLOW;
  if (resolver == Resolver::automatic) {
    if (const std::optional<int> opened = open_by_kernel(folder, segments, flags)) return FileDescriptor(*opened);
  }
  return FileDescriptor(open_by_segments(folder, segments, flags));
}

}  // namespace likeness::remote
