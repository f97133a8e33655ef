#include "store/sqlite/wal_check.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <fstream>
#include <optional>
#include <span>
#include <system_error>
#include <vector>

#include "base/bytes.h"

namespace likeness::store {

namespace {

constexpr std::size_t header_size = 32;
constexpr std::size_t frame_header_size = 24;
constexpr std::uint32_t magic = 0x377f0682;  // its last bit: sums over big-endian words

struct Sums {
  std::uint32_t first = 0;
  std::uint32_t second = 0;

  bool operator==(const Sums&) const = default;
};

std::uint32_t big_endian_32(ByteSpan bytes, std::size_t at) {
  return static_cast<std::uint32_t>(bytes[at]) << 24U | static_cast<std::uint32_t>(bytes[at + 1]) << 16U |
         static_cast<std::uint32_t>(bytes[at + 2]) << 8U | static_cast<std::uint32_t>(bytes[at + 3]);
}

std::uint32_t word_at(ByteSpan bytes, std::size_t at, bool big_endian) {
  const std::uint32_t word = big_endian_32(bytes, at);
  return big_endian ? word : __builtin_bswap32(word);
}

// The log's checksum, continued over `bytes` (a multiple of 8).
Sums continued(Sums sums, ByteSpan bytes, bool big_endian) {
  for (std::size_t i = 0; i + 8 <= bytes.size(); i += 8) {
    sums.first += word_at(bytes, i, big_endian) + sums.second;
    sums.second += word_at(bytes, i + 4, big_endian) + sums.first;
  }
  return sums;
}

struct Header {
  bool big_endian = false;
  std::size_t page_size = 0;
  std::array<std::uint8_t, 8> salt{};
  Sums sums;
};

// Nothing if the header is not whole.
std::optional<Header> parse_header(ByteSpan bytes) {
  Header header;
  header.big_endian = (bytes[3] & 1U) != 0;
  header.page_size = big_endian_32(bytes, 8);
  std::copy_n(bytes.begin() + 16, 8, header.salt.begin());
  header.sums = continued({}, bytes.first(24), header.big_endian);
  const bool whole = (big_endian_32(bytes, 0) & ~1U) == magic && header.page_size >= 512 && header.page_size <= 65536 &&
                     std::has_single_bit(header.page_size) &&
                     header.sums == Sums{big_endian_32(bytes, 24), big_endian_32(bytes, 28)};
  if (!whole) return std::nullopt;
  return header;
}

Error damaged(const std::filesystem::path& wal) {
  return {ErrorKind::corrupt,
          wal.string() +
              ": the log of the database is damaged before its end, and what was written after the damage "
              "would be lost; restore a backup. (Moving this file away opens the database as it was before "
              "the log, without what the log holds.)"};
}

Error unreadable(const std::filesystem::path& wal) {
  return {ErrorKind::unavailable, wal.string() + ": cannot read the log of the database: " + std::strerror(errno)};
}

// Goes through the frames, which arrive one after the other.
class FrameScan {
 public:
  explicit FrameScan(const Header& header) : header_(header), kept_(header.sums), computed_(header.sums) {}

  // False if a frame proves that what does not match before it was complete once.
  bool take(ByteSpan frame) {
    const bool ours = std::equal(header_.salt.begin(), header_.salt.end(), frame.begin() + 8);
    const Sums kept{big_endian_32(frame, 16), big_endian_32(frame, 20)};
    const bool continues = ours && (kept == after(kept_, frame) || kept == after(computed_, frame));
    if (broken_ && continues && after_commit_) return false;
    broken_ = broken_ || !ours || kept != after(kept_, frame);
    after_commit_ = big_endian_32(frame, 4) != 0;
    computed_ = after(kept_, frame);
    kept_ = kept;
    return true;
  }

 private:
  [[nodiscard]] Sums after(Sums sums, ByteSpan frame) const {
    const Sums with_header = continued(sums, frame.first(8), header_.big_endian);
    return continued(with_header, frame.subspan(frame_header_size), header_.big_endian);
  }

  const Header header_;
  Sums kept_;                  // what the frame before says; it may be damaged itself
  Sums computed_;              // what it should say: a frame that goes on from there proves as much
  bool after_commit_ = false;  // the frame before ends a transaction
  bool broken_ = false;        // a frame before did not match
};

}  // namespace

Result<void> check_wal(std::istream& log, const std::filesystem::path& wal) {
  std::vector<std::uint8_t> bytes(header_size);
  const auto fill = [&] {
    log.read(reinterpret_cast<char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
    return static_cast<std::size_t>(log.gcount()) == bytes.size();
  };
  if (!fill()) return {};  // no frame was ever written: the header is on the disk before the first
  const std::optional<Header> header = parse_header(bytes);
  if (!header) {
    // A header that never reached the disk is zeros, and so is what follows.
    if (std::all_of(bytes.begin(), bytes.end(), [](std::uint8_t byte) { return byte == 0; })) return {};
    return damaged(wal);
  }
  bytes.resize(frame_header_size + header->page_size);
  FrameScan scan(*header);
  while (fill()) {
    if (!scan.take(bytes)) return damaged(wal);
  }
  if (log.bad()) return unreadable(wal);
  return {};
}

Result<void> check_wal(const std::filesystem::path& wal) {
  std::error_code failure;
  if (!std::filesystem::exists(wal, failure)) return {};
  std::ifstream file(wal, std::ios::binary);
  if (!file) return unreadable(wal);
  return check_wal(file, wal);
}

}  // namespace likeness::store
