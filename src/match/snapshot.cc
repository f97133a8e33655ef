#include "match/snapshot.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <bit>
#include <cerrno>
#include <cstring>
#include <string_view>
#include <type_traits>
#include <utility>

namespace likeness::match {
namespace {

static_assert(std::endian::native == std::endian::little, "the file is little-endian, and written as memory is");

constexpr std::string_view magic = "LIKENESS INDEX 2";
constexpr std::size_t rows_per_segment = 8192;  // some 4 MiB: large enough for AES at full speed
constexpr std::uint32_t max_space_bytes = 1024;

template <typename Number>
  requires std::is_arithmetic_v<Number>
void put(Bytes& out, Number number) {
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(&number);
  out.insert(out.end(), bytes, bytes + sizeof number);
}

// Takes numbers off the front of some bytes; fails for good once there are too few.
class Cursor {
 public:
  explicit Cursor(ByteSpan bytes) : rest_(bytes) {}
  template <typename Number>
    requires std::is_arithmetic_v<Number>
  Number take() {
    Number number{};
    const ByteSpan bytes = take(sizeof number);
    if (!bytes.empty()) std::memcpy(&number, bytes.data(), sizeof number);
    return number;
  }
  ByteSpan take(std::size_t count) {
    if (count > rest_.size()) {
      failed_ = true;
      rest_ = {};
      return {};
    }
    const ByteSpan taken = rest_.first(count);
    rest_ = rest_.subspan(count);
    return taken;
  }
  [[nodiscard]] bool failed() const { return failed_; }
  [[nodiscard]] bool at_end() const { return rest_.empty(); }

 private:
  ByteSpan rest_;
  bool failed_ = false;
};

// A descriptor that closes itself.
class File {
 public:
  explicit File(int descriptor) : descriptor_(descriptor) {}
  ~File() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  [[nodiscard]] int get() const { return descriptor_; }

 private:
  int descriptor_;
};

Error cannot(const char* what, const std::filesystem::path& path) {
  return {ErrorKind::unavailable, path.string() + ": cannot " + what + " the index snapshot: " + std::strerror(errno)};
}

Error damaged(const std::filesystem::path& path) {
  return {ErrorKind::corrupt, path.string() +
                                  ": the index snapshot is damaged, cut, or of another server; the index is " +
                                  "built from the store instead, and the file can be removed"};
}

Result<void> write_all(const File& file, ByteSpan bytes, const std::filesystem::path& path) {
  while (!bytes.empty()) {
    const ssize_t count = ::write(file.get(), bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return cannot("write", path);
    bytes = bytes.subspan(static_cast<std::size_t>(count));
  }
  return {};
}

// Fewer bytes only at the end of the file.
Result<Bytes> read_up_to(const File& file, std::size_t size, const std::filesystem::path& path) {
  Bytes bytes(size);
  std::size_t filled = 0;
  while (filled < size) {
    const ssize_t count = ::read(file.get(), bytes.data() + filled, size - filled);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return cannot("read", path);
    if (count == 0) break;
    filled += static_cast<std::size_t>(count);
  }
  bytes.resize(filled);
  return bytes;
}

Bytes header_of(std::size_t dimension, const std::string& space, std::uint64_t watermark) {
  Bytes header(magic.begin(), magic.end());
  put(header, static_cast<std::uint32_t>(dimension));
  put(header, static_cast<std::uint32_t>(space.size()));
  put(header, watermark);
  header.insert(header.end(), space.begin(), space.end());
  return header;
}

// What a segment is bound to: the file's header, its place, and whether it is the last.
Bytes associated_with(const Bytes& header, std::uint32_t segment, bool last) {
  Bytes associated = header;
  put(associated, segment);
  put(associated, static_cast<std::uint8_t>(last ? 1 : 0));
  return associated;
}

class SegmentWriter {
 public:
  SegmentWriter(const File& file, const std::filesystem::path& path, const SecretKey& key, Bytes header)
      : file_(file), path_(path), key_(key), header_(std::move(header)) {}

  // After an error, rows are ignored.
  void add(const VectorIndex::Row& row) {
    if (!result_.ok()) return;
    if (rows_ == rows_per_segment) result_ = flush(false);
    put(buffer_, row.id);
    put(buffer_, row.validity.from.time_since_epoch().count());
    put(buffer_, row.validity.until.time_since_epoch().count());
    put(buffer_, row.step);
    put(buffer_, row.kind);
    buffer_.insert(buffer_.end(), row.codes.begin(), row.codes.end());
    buffer_.insert(buffer_.end(), row.levels.begin(), row.levels.end());
    ++rows_;
  }

  // The last segment, which may be empty, says that the file is whole.
  Result<void> finish() {
    TRY(std::move(result_));
    return flush(true);
  }

 private:
  Result<void> flush(bool last) {
    const Bytes sealed = seal(key_, buffer_, associated_with(header_, segment_++, last));
    wipe(buffer_);
    buffer_.clear();
    rows_ = 0;
    Bytes length;
    put(length, static_cast<std::uint32_t>(sealed.size()));
    put(length, static_cast<std::uint8_t>(last ? 1 : 0));
    TRY(write_all(file_, length, path_));
    return write_all(file_, sealed, path_);
  }

  const File& file_;
  const std::filesystem::path& path_;
  const SecretKey& key_;
  const Bytes header_;
  Bytes buffer_;
  std::size_t rows_ = 0;
  std::uint32_t segment_ = 0;
  Result<void> result_;
};

constexpr std::size_t row_head_bytes = 8 + 8 + 8 + 4 + 1;

// In the plaintext of a segment.
std::size_t stored_bytes(std::size_t dimension) {
  return row_head_bytes + code_row_bytes(dimension) + level_bytes(code_row_bytes(dimension));
}

Result<void> add_rows(ByteSpan plain, VectorIndex& index, const std::filesystem::path& path) {
  const std::size_t row_bytes = code_row_bytes(index.dimension());
  Cursor cursor(plain);
  while (!cursor.at_end()) {
    VectorIndex::Row row;
    row.id = cursor.take<std::uint64_t>();
    row.validity.from = Time(Micros(cursor.take<std::int64_t>()));
    row.validity.until = Time(Micros(cursor.take<std::int64_t>()));
    row.step = cursor.take<float>();
    row.kind = cursor.take<std::uint8_t>();
    const ByteSpan codes = cursor.take(row_bytes);
    row.levels = cursor.take(level_bytes(row_bytes));
    if (cursor.failed()) return damaged(path);
    row.codes = std::span(reinterpret_cast<const Code*>(codes.data()), codes.size());
    if (!index.add(row).ok()) return damaged(path);
  }
  return {};
}

// One segment; whether it was the last.
Result<bool> read_segment(const File& file, const std::filesystem::path& path, const SecretKey& key,
                          const Bytes& header, std::uint32_t segment, VectorIndex& index) {
  const Bytes head = TRY(read_up_to(file, 5, path));
  Cursor cursor(head);
  const auto length = cursor.take<std::uint32_t>();
  const auto flag = cursor.take<std::uint8_t>();
  const bool last = flag == 1;
  const std::size_t longest = rows_per_segment * stored_bytes(index.dimension()) + sealed_overhead;
  if (cursor.failed() || flag > 1 || length > longest) return damaged(path);
  const Bytes sealed = TRY(read_up_to(file, length, path));
  const Result<SecretBytes> plain = open_sealed(key, sealed, associated_with(header, segment, last));
  if (sealed.size() != length || !plain.ok()) return damaged(path);
  TRY(add_rows(plain->bytes(), index, path));
  return last;
}

}  // namespace

Result<void> write_snapshot(const VectorIndex& index, const std::filesystem::path& path, const SecretKey& key,
                            std::uint64_t watermark) {
  const std::filesystem::path aside = path.string() + ".new";
  {
    const File file(::open(aside.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
    if (file.get() < 0) return cannot("create", aside);
    Bytes header = header_of(index.dimension(), index.embedding_space(), watermark);
    TRY(write_all(file, header, aside));
    SegmentWriter writer(file, aside, key, std::move(header));
    index.each([&](const VectorIndex::Row& row) { writer.add(row); });
    TRY(writer.finish());
    if (::fsync(file.get()) != 0) return cannot("flush", aside);
  }
  if (::rename(aside.c_str(), path.c_str()) != 0) return cannot("rename", aside);
  const std::filesystem::path folder = path.has_parent_path() ? path.parent_path() : ".";
  const File directory(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (directory.get() < 0 || ::fsync(directory.get()) != 0) return cannot("flush the folder of", path);
  return {};
}

Result<LoadedSnapshot> read_snapshot(const std::filesystem::path& path, const SecretKey& key,
                                     const IndexOptions& options) {
  const File file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.get() < 0) {
    if (errno == ENOENT) return Error(ErrorKind::not_found, path.string() + ": there is no index snapshot");
    return cannot("open", path);
  }
  Bytes header = TRY(read_up_to(file, magic.size() + 16, path));
  Cursor cursor(header);
  const ByteSpan found_magic = cursor.take(magic.size());
  const auto dimension = cursor.take<std::uint32_t>();
  const auto space_bytes = cursor.take<std::uint32_t>();
  const auto watermark = cursor.take<std::uint64_t>();
  if (cursor.failed() || !std::equal(found_magic.begin(), found_magic.end(), magic.begin(), magic.end()) ||
      dimension != options.dimension || space_bytes > max_space_bytes) {
    return damaged(path);
  }
  const Bytes space = TRY(read_up_to(file, space_bytes, path));
  if (!std::equal(space.begin(), space.end(), options.embedding_space.begin(), options.embedding_space.end())) {
    return damaged(path);
  }
  header.insert(header.end(), space.begin(), space.end());

  LoadedSnapshot loaded{.index = TRY(VectorIndex::create(options)), .watermark = watermark};
  bool last = false;
  for (std::uint32_t segment = 0; !last; ++segment) {
    last = TRY(read_segment(file, path, key, header, segment, *loaded.index));
  }
  const Bytes beyond = TRY(read_up_to(file, 1, path));
  if (!beyond.empty()) return damaged(path);
  return loaded;
}

}  // namespace likeness::match
