#include "app/durable_files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <string>
#include <utility>
#include <vector>

namespace likeness::app {

namespace {

constexpr std::size_t chunk = std::size_t{256} * 1024;

Error cannot(const char* what, const std::filesystem::path& path) {
  return {ErrorKind::unavailable, path.string() + ": cannot " + what + ": " + std::strerror(errno) +
                                      "; look at the permissions, the space and the state of its disk"};
}

class OpenFile {
 public:
  OpenFile(std::filesystem::path path, int flags)
      : path_(std::move(path)), descriptor_(::open(path_.c_str(), flags | O_CLOEXEC | O_NOFOLLOW, 0600)) {}
  ~OpenFile() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;

  [[nodiscard]] bool is_open() const { return descriptor_ >= 0; }
  // 0 at the end.
  Result<std::size_t> read(std::vector<char>& buffer) const {
    ssize_t count = 0;
    do {
      count = ::read(descriptor_, buffer.data(), buffer.size());
    } while (count < 0 && errno == EINTR);
    if (count < 0) return cannot("read", path_);
    return static_cast<std::size_t>(count);
  }
  Result<void> write(const std::vector<char>& buffer, std::size_t size) const {
    for (std::size_t done = 0; done < size;) {
      const ssize_t count = ::write(descriptor_, buffer.data() + done, size - done);
      if (count < 0 && errno == EINTR) continue;
      if (count <= 0) return cannot("write", path_);
      done += static_cast<std::size_t>(count);
    }
    return {};
  }
  Result<void> flush() const {
    if (::fsync(descriptor_) != 0) return cannot("flush", path_);
    return {};
  }
  Result<std::size_t> size() const {
    struct stat status{};
    if (::fstat(descriptor_, &status) != 0) return cannot("look at", path_);
    return static_cast<std::size_t>(status.st_size);
  }

 private:
  const std::filesystem::path path_;
  const int descriptor_;
};

Result<void> copy_aside(const std::filesystem::path& from, const std::filesystem::path& aside) {
  const OpenFile source(from, O_RDONLY);
  if (!source.is_open()) return cannot("read", from);
  ::unlink(aside.c_str());  // what an earlier attempt left could have another mode
  const OpenFile target(aside, O_WRONLY | O_CREAT | O_EXCL);
  if (!target.is_open()) return cannot("make", aside);
  std::vector<char> buffer(chunk);
  while (true) {
    const std::size_t size = TRY(source.read(buffer));
    if (size == 0) break;
    TRY(target.write(buffer, size));
  }
  return target.flush();
}

Result<void> overwrite(const std::filesystem::path& path) {
  const OpenFile file(path, O_WRONLY);
  if (!file.is_open()) return cannot("overwrite", path);
  const std::vector<char> zeros(chunk);
  for (std::size_t left = TRY(file.size()); left > 0;) {
    const std::size_t size = std::min(left, zeros.size());
    TRY(file.write(zeros, size));
    left -= size;
  }
  return file.flush();
}

std::filesystem::path beside(const std::filesystem::path& path, const char* suffix) { return path.string() + suffix; }

}  // namespace

Result<void> flush_folder(const std::filesystem::path& folder) {
  const std::filesystem::path path = folder.empty() ? "." : folder;
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) return cannot("open", path);
  const bool flushed = ::fsync(descriptor) == 0;
  const int error = errno;
  ::close(descriptor);
  errno = error;
  return flushed ? Result<void>() : cannot("flush", path);
}

Result<void> copy_private_file(const std::filesystem::path& from, const std::filesystem::path& to) {
  const std::filesystem::path aside = beside(to, ".new");
  TRY(copy_aside(from, aside));
  return rename_durably(aside, to);
}

Result<void> replace_secret_file(const std::filesystem::path& from, const std::filesystem::path& to) {
  const std::filesystem::path aside = beside(to, ".new");
  const std::filesystem::path old = beside(to, ".old");
  TRY(copy_aside(from, aside));
  // What an interrupted replacement left: a second name of what is still there, or what was replaced.
  std::error_code ignored;
  if (std::filesystem::equivalent(to, old, ignored)) {
    TRY(remove_durably(old));
  } else {
    TRY(remove_secret_file(old));
  }
  // A second name, so that at no instant there is neither the old file nor the new one.
  if (::link(to.c_str(), old.c_str()) != 0 && errno != ENOENT) return cannot("keep", old);
  TRY(rename_durably(aside, to));
  return remove_secret_file(old);
}

Result<void> remove_secret_file(const std::filesystem::path& file) {
  if (::access(file.c_str(), F_OK) != 0) return {};
  TRY(overwrite(file));
  return remove_durably(file);
}

Result<void> rename_durably(const std::filesystem::path& from, const std::filesystem::path& to) {
  if (::rename(from.c_str(), to.c_str()) != 0) return cannot("make", to);
  return flush_folder(to.parent_path());
}

Result<void> remove_durably(const std::filesystem::path& file) {
  if (::unlink(file.c_str()) != 0) {
    if (errno == ENOENT) return {};
    return cannot("remove", file);
  }
  return flush_folder(file.parent_path());
}

}  // namespace likeness::app
