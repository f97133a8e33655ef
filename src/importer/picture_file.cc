#include "importer/picture_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <string>
#include <utility>

#include "codec/encode.h"
#include "codec/webp_decoder.h"

namespace likeness::importer {

namespace {

constexpr int jpeg_quality = 95;

template <std::size_t N>
bool begins_with(ByteSpan bytes, const std::array<std::uint8_t, N>& start) {
  return bytes.size() >= N && std::equal(start.begin(), start.end(), bytes.begin());
}

// The first bytes of JPEG (SOI and the next marker) and PNG files.
bool is_jpeg_or_png(ByteSpan bytes) {
  return begins_with(bytes, std::array<std::uint8_t, 3>{0xFF, 0xD8, 0xFF}) ||
         begins_with(bytes, std::array<std::uint8_t, 8>{0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'});
}

Error too_large() {
  return {ErrorKind::image_too_large, "it has more than the " + std::to_string(most_picture_bytes) +
                                          " bytes that a picture may have; make it smaller"};
}

Result<Bytes> read_descriptor(int descriptor, const std::filesystem::path& file) {
  struct stat status{};
  if (::fstat(descriptor, &status) != 0 || !S_ISREG(status.st_mode)) {
    return Error(ErrorKind::unavailable, file.filename().string() + ": is no file");
  }
  if (status.st_size > static_cast<off_t>(most_file_bytes)) return too_large();
  Bytes bytes(static_cast<std::size_t>(status.st_size));
  std::size_t filled = 0;
  while (filled < bytes.size()) {
    const ssize_t count = ::read(descriptor, bytes.data() + filled, bytes.size() - filled);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return Error(ErrorKind::unavailable, std::string("it cannot be read: ") + std::strerror(errno));
    if (count == 0) break;  // it was cut meanwhile
    filled += static_cast<std::size_t>(count);
  }
  bytes.resize(filled);
  return bytes;
}

}  // namespace

Result<Bytes> read_picture_file(const std::filesystem::path& file) {
  const int descriptor = ::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
  if (descriptor < 0) return Error(ErrorKind::unavailable, std::string("it cannot be opened: ") + std::strerror(errno));
  Result<Bytes> bytes = read_descriptor(descriptor, file);
  ::close(descriptor);
  return bytes;
}

Result<Bytes> picture_for_api(Bytes bytes) {
  if (codec::is_webp(bytes)) {
    const codec::Decoded decoded = TRY(codec::decode_webp(bytes, {}));
    bytes = TRY(codec::encode_png(decoded.image));
    if (bytes.size() > most_picture_bytes) bytes = TRY(codec::encode_jpeg(decoded.image, jpeg_quality));
  } else if (!is_jpeg_or_png(bytes)) {
    return Error(ErrorKind::invalid_image,
                 "it is no JPEG, PNG or WebP picture; if it is one of another kind, convert it");
  }
  if (bytes.size() > most_picture_bytes) return too_large();
  return bytes;
}

}  // namespace likeness::importer
