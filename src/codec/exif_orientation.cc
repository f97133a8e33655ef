#include "codec/exif_orientation.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace likeness::codec {
namespace {

constexpr std::array<std::uint8_t, 6> exif_signature = {'E', 'x', 'i', 'f', 0, 0};
constexpr std::size_t entry_size = 12;  // tag 2, type 2, count 4, value 4
constexpr std::uint32_t orientation_tag = 0x0112;
constexpr std::uint32_t type_short = 3;
constexpr std::uint32_t tiff_magic = 42;

// A TIFF structure with integers in its own byte order.
class Tiff {
 public:
  Tiff(ByteSpan bytes, bool big_endian) : bytes_(bytes), big_endian_(big_endian) {}

  // The integer of `width` bytes at `offset`; none if it does not lie wholly inside.
  [[nodiscard]] std::optional<std::uint32_t> integer(std::size_t offset, std::size_t width) const {
    if (offset > bytes_.size() || width > bytes_.size() - offset) return std::nullopt;
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < width; ++i) {
      const std::uint8_t byte = bytes_[offset + (big_endian_ ? i : width - 1 - i)];
      value = value << 8U | byte;
    }
    return value;
  }

 private:
  ByteSpan bytes_;
  bool big_endian_;
};

std::optional<Tiff> open_tiff(ByteSpan app1) {
  if (!is_exif(app1)) return std::nullopt;
  const ByteSpan bytes = app1.subspan(exif_signature.size());
  if (bytes.size() < 2 || bytes[0] != bytes[1] || (bytes[0] != 'I' && bytes[0] != 'M')) return std::nullopt;
  const Tiff tiff(bytes, bytes[0] == 'M');
  if (tiff.integer(2, 2) != tiff_magic) return std::nullopt;
  return tiff;
}

}  // namespace

bool is_exif(ByteSpan app1) {
  return app1.size() >= exif_signature.size() && std::equal(exif_signature.begin(), exif_signature.end(), app1.begin());
}

Orientation exif_orientation(ByteSpan app1) {
  const std::optional<Tiff> tiff = open_tiff(app1);
  if (!tiff) return Orientation::top_left;
  const std::optional<std::uint32_t> directory = tiff->integer(4, 4);
  if (!directory) return Orientation::top_left;
  const std::uint32_t entries = tiff->integer(*directory, 2).value_or(0);
  for (std::uint32_t i = 0; i < entries; ++i) {
    const std::size_t entry = std::size_t{*directory} + 2 + i * entry_size;
    const std::optional<std::uint32_t> tag = tiff->integer(entry, 2);
    if (!tag) break;
    if (*tag != orientation_tag) continue;
    const std::uint32_t value = tiff->integer(entry + 8, 2).value_or(0);
    const bool valid = tiff->integer(entry + 2, 2) == type_short && value >= 1 && value <= 8;
    return valid ? static_cast<Orientation>(value) : Orientation::top_left;
  }
  return Orientation::top_left;
}

}  // namespace likeness::codec
