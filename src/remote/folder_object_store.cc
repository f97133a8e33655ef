#include "remote/folder_object_store.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <optional>
#include <utility>
#include <vector>

#include "base/ids.h"
#include "remote/object_key.h"
#include "remote/s3_names.h"

namespace likeness::remote {

namespace {

constexpr std::size_t piece_bytes = std::size_t{256} * 1024;

// By errno, after a file could not be opened.
Error open_error(int number) {
  switch (number) {
    case ENOENT:
    case ENOTDIR:
    case ENAMETOOLONG: return {ErrorKind::not_found, "there is no such object"};
    case ELOOP:
    case EXDEV:
    case ENXIO: return {ErrorKind::not_found, "there is no such object: links, pipes and devices are none"};
    case EACCES:
    case EPERM: return {ErrorKind::access_denied, "the file of the object may not be read"};
    case ENOMEM: return {ErrorKind::overloaded, "not enough memory for a file"};
    default: return {ErrorKind::unavailable, std::string("cannot open the object's file: ") + std::strerror(number)};
  }
}

Error write_error(int number) {
  return {number == EACCES || number == EPERM || number == EROFS ? ErrorKind::access_denied : ErrorKind::unavailable,
          std::string("cannot write the object's file: ") + std::strerror(number)};
}

std::string etag_of(const struct stat& status) {
  std::array<char, 80> text{};
  (void)std::snprintf(text.data(), text.size(), "\"%llx-%llx%08lx\"", static_cast<unsigned long long>(status.st_size),
                      static_cast<unsigned long long>(status.st_mtim.tv_sec),
                      static_cast<unsigned long>(status.st_mtim.tv_nsec));
  return text.data();
}

Error too_large(const TransferLimits& limits) {
  return {limits.too_large, "the object is larger than " + std::to_string(limits.max_bytes) + " bytes"};
}

// The folder that the last of `segments` is put into, made where it is missing.
FileDescriptor make_parents(int root, const std::vector<std::string>& segments, Resolver resolver) {
  FileDescriptor at(::openat(root, ".", O_PATH | O_DIRECTORY | O_CLOEXEC));
  for (std::size_t i = 0; at && i + 1 < segments.size(); ++i) {
    if (::mkdirat(at.get(), segments[i].c_str(), 0777) != 0 && errno != EEXIST) return {};
    at = open_beneath(at.get(), {segments[i]}, O_PATH | O_DIRECTORY, resolver);
  }
  return at;
}

bool write_all(int file, ByteSpan bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(file, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    bytes = bytes.subspan(static_cast<std::size_t>(written));
  }
  return ::fsync(file) == 0;
}

// A descriptor of O_PATH cannot be synchronised itself.
bool sync_folder(int folder) {
  const FileDescriptor opened(::openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  return opened && ::fsync(opened.get()) == 0;
}

}  // namespace

Result<std::unique_ptr<FolderObjectStore>> FolderObjectStore::create(
    const std::map<std::string, std::filesystem::path>& folders, Resolver resolver) {
  std::map<std::string, FileDescriptor> opened;
  for (const auto& [bucket, path] : folders) {
    if (!is_bucket_name(bucket)) {
      return Error(
          ErrorKind::invalid_argument,
          "'" + bucket.substr(0, 100) +
              "' is no name of a bucket: 3 to 255 letters, digits, '.', '_' and '-', a letter or digit first and last");
    }
    // The operator's own path may have links in it.
    FileDescriptor folder(::open(path.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
    if (!folder) {
      const int number = errno;
      return Error(number == ENOENT || number == ENOTDIR ? ErrorKind::not_found : ErrorKind::unavailable,
                   path.string() + ": cannot serve as bucket '" + bucket + "': " + std::strerror(number));
    }
    opened.emplace(bucket, std::move(folder));
  }
  return std::unique_ptr<FolderObjectStore>(new FolderObjectStore(std::move(opened), resolver));
}

Result<FolderObjectStore::OpenObject> FolderObjectStore::open(const ObjectId& id) const {
  const auto folder = folders_.find(id.bucket);
  if (folder == folders_.end()) return Error(ErrorKind::not_found, "there is no such bucket");
  if (!id.version.empty()) {
    return Error(ErrorKind::invalid_object, "buckets that are folders keep no versions; leave Version out");
  }
  const std::optional<std::vector<std::string>> segments = file_segments(id.key);
  if (!segments) return Error(ErrorKind::not_found, "there is no such object: the key can name no file");
  // O_NONBLOCK: a FIFO would wait for a writer.
  FileDescriptor file = open_beneath(folder->second.get(), *segments, O_RDONLY | O_NONBLOCK | O_NOCTTY, resolver_);
  if (!file) return open_error(errno);
  struct stat status{};
  if (::fstat(file.get(), &status) != 0) return open_error(errno);
  if (!S_ISREG(status.st_mode)) return open_error(ENXIO);
  return OpenObject{
      .file = std::move(file),
      .info = {.size = static_cast<std::uint64_t>(status.st_size), .etag = etag_of(status), .version = {}}};
}

Result<ObjectInfo> FolderObjectStore::head(const ObjectId& id) { return std::move(TRY(open(id)).info); }

Result<ObjectInfo> FolderObjectStore::get_to(const ObjectId& id, Sink& sink, const TransferLimits& limits) {
  OpenObject object = TRY(open(id));
  if (object.info.size > limits.max_bytes) return too_large(limits);
  std::vector<std::uint8_t> piece(piece_bytes);
  std::uint64_t total = 0;
  for (;;) {
    const ssize_t count = ::read(object.file.get(), piece.data(), piece.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0)
      return Error(ErrorKind::unavailable, std::string("cannot read the object's file: ") + std::strerror(errno));
    if (count == 0) break;
    total += static_cast<std::uint64_t>(count);
    if (total > limits.max_bytes) return too_large(limits);  // it grew, or its size was none
    TRY(sink.write({piece.data(), static_cast<std::size_t>(count)}));
  }
  object.info.size = total;
  return std::move(object.info);
}

Result<void> FolderObjectStore::put(const ObjectId& id, ByteSpan bytes, std::string_view /*content_type*/) {
  const auto root = folders_.find(id.bucket);
  if (root == folders_.end()) return Error(ErrorKind::not_found, "there is no such bucket");
  const std::optional<std::vector<std::string>> segments = file_segments(id.key);
  if (!segments || !id.version.empty()) {
    return Error(ErrorKind::invalid_object, "the key can name no file, or a version was chosen");
  }
  const FileDescriptor folder = make_parents(root->second.get(), *segments, resolver_);
  if (!folder) return write_error(errno);
  const std::string aside = std::string(unfinished_prefix) + random_uuid();
  const FileDescriptor file(
      ::openat(folder.get(), aside.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666));
  if (!file) return write_error(errno);
  // A link of that name is replaced, not followed.
  if (!write_all(file.get(), bytes) ||
      ::renameat(folder.get(), aside.c_str(), folder.get(), segments->back().c_str()) != 0) {
    const int number = errno;
    ::unlinkat(folder.get(), aside.c_str(), 0);
    return write_error(number);
  }
  if (!sync_folder(folder.get())) return write_error(errno);
  return {};
}

}  // namespace likeness::remote
