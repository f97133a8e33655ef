// SlotFile on a file of the operating system.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "gallery/key_slots.h"

namespace likeness::gallery {

namespace {

class SystemSlotFile final : public SlotFile {
 public:
  SystemSlotFile(int descriptor, std::filesystem::path path) : descriptor_(descriptor), path_(std::move(path)) {}
  ~SystemSlotFile() override { ::close(descriptor_); }

  Result<void> write(std::uint64_t offset, ByteSpan bytes) override {
    while (!bytes.empty()) {
      const ssize_t count = ::pwrite(descriptor_, bytes.data(), bytes.size(), static_cast<off_t>(offset));
      if (count < 0 && errno == EINTR) continue;
      if (count <= 0) return cannot("write");
      bytes = bytes.subspan(static_cast<std::size_t>(count));
      offset += static_cast<std::uint64_t>(count);
    }
    return {};
  }

  Result<std::size_t> read(std::uint64_t offset, std::span<std::uint8_t> bytes) const override {
    std::size_t filled = 0;
    while (filled < bytes.size()) {
      const ssize_t count =
          ::pread(descriptor_, bytes.data() + filled, bytes.size() - filled, static_cast<off_t>(offset + filled));
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) return cannot("read");
      if (count == 0) break;
      filled += static_cast<std::size_t>(count);
    }
    return filled;
  }

  Result<void> sync() override {
    if (::fdatasync(descriptor_) != 0) return cannot("flush");
    return {};
  }

  [[nodiscard]] Result<std::uint64_t> size() const override {
    struct stat status{};
    if (::fstat(descriptor_, &status) != 0) return cannot("look at");
    return static_cast<std::uint64_t>(status.st_size);
  }

 private:
  [[nodiscard]] Error cannot(const char* what) const {
    return {ErrorKind::unavailable, path_.string() + ": cannot " + what + " the face keys: " + std::strerror(errno) +
                                        "; look at the space and the state of its disk"};
  }

  const int descriptor_;
  const std::filesystem::path path_;
};

// A new file is there after a loss of power only if its folder was flushed too.
Result<void> sync_folder(const std::filesystem::path& folder) {
  const int descriptor = ::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  const bool synced = descriptor >= 0 && ::fsync(descriptor) == 0;
  const int error = errno;
  if (descriptor >= 0) ::close(descriptor);
  if (synced) return {};
  return Error(ErrorKind::unavailable, folder.string() + ": cannot be flushed: " + std::strerror(error));
}

}  // namespace

Result<std::unique_ptr<SlotFile>> open_slot_file(const std::filesystem::path& path) {
  const int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (descriptor < 0) {
    return Error(ErrorKind::unavailable, path.string() + ": cannot open the face keys: " + std::strerror(errno) +
                                             "; look at the permissions of the folder and of the file");
  }
  std::unique_ptr<SlotFile> file = std::make_unique<SystemSlotFile>(descriptor, path);
  TRY(sync_folder(path.parent_path()));
  return file;
}

}  // namespace likeness::gallery
