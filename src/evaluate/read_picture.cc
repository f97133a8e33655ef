#include "evaluate/read_picture.h"

#include <cstdint>
#include <fstream>
#include <string>
#include <system_error>
#include <utility>

#include "codec/decode.h"

namespace likeness::evaluate {

namespace {

constexpr std::size_t most_file_bytes = std::size_t{50} * 1024 * 1024;

}  // namespace

Result<Image> read_picture(const std::filesystem::path& path) {
  // A pipe or a device would be read for ever.
  std::error_code failure;
  if (!std::filesystem::is_regular_file(path, failure)) return Error(ErrorKind::unavailable, "cannot be read");
  const std::uintmax_t size = std::filesystem::file_size(path, failure);
  if (!failure && size > most_file_bytes) return Error(ErrorKind::image_too_large, "has more than 50 MiB");
  std::ifstream file(path, std::ios::binary);
  if (failure || !file) return Error(ErrorKind::unavailable, "cannot be read");
  std::string bytes(static_cast<std::size_t>(size), '\0');
  file.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  if (file.bad()) return Error(ErrorKind::unavailable, "cannot be read");
  bytes.resize(static_cast<std::size_t>(file.gcount()));  // it may have been cut meanwhile
  codec::Decoded decoded = TRY(codec::decode(as_bytes(bytes), {}));
  return std::move(decoded.image);
}

}  // namespace likeness::evaluate
