// Opens what lies beneath a folder and nothing else: no link is followed, at the end or on the way, and no ".." leads
// out, also if somebody moves folders about meanwhile.
//
// By openat2(2) with RESOLVE_BENEATH, RESOLVE_NO_SYMLINKS and RESOLVE_NO_MAGICLINKS; where the kernel (before 5.6) or a
// system-call filter has none, segment by segment with openat(2) and O_NOFOLLOW.
//
// Thread rule: free functions; a FileDescriptor is owned by one.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace likeness::remote {

// Closes it at the end. -1: none.
class FileDescriptor {
 public:
  FileDescriptor() = default;
  explicit FileDescriptor(int number) : number_(number) {}
  ~FileDescriptor();
  FileDescriptor(FileDescriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  FileDescriptor& operator=(FileDescriptor&& other) noexcept {
    std::swap(number_, other.number_);
    return *this;
  }

  [[nodiscard]] int get() const { return number_; }
  explicit operator bool() const { return number_ >= 0; }

 private:
  int number_ = -1;
};

enum class Resolver { automatic, segment_by_segment };

// `segments` are those of file_segments(). Not there, a link on the way (ELOOP), no permission: no descriptor, and
// errno says why. `flags` as of open(2); O_CLOEXEC and O_NOFOLLOW are added. A FIFO without a writer and a device do
// not block the caller if O_NONBLOCK is among the flags.
[[nodiscard]] FileDescriptor open_beneath(int folder, const std::vector<std::string>& segments, int flags,
                                          Resolver resolver = Resolver::automatic);

}  // namespace likeness::remote
