// A block of rows, the unit of allocation, of locking and of the scan. Internal to the room.
//
// Thread rule: `lock` protects everything else in it. Shared by readers of the codes, exclusive for a writer of a row.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <shared_mutex>

#include "match/vector_index.h"

namespace likeness::match {

// 512 rows of 512 bytes are 256 KiB: a scan of them takes some ten microseconds a query, and fits the second cache.
inline constexpr std::size_t rows_per_block = 512;

struct RowInfo {
  VectorId id = 0;
  std::int64_t valid_from = 0;   // microseconds
  std::int64_t valid_until = 0;  // microseconds; equal to valid_from for a row that is not in use: never valid
  std::uint64_t born = 0;        // epoch of the addition
  Kind kind = 0;
};

class RowBlock {
 public:
  explicit RowBlock(std::size_t row_bytes)
      : row_bytes_(row_bytes),
        codes_(static_cast<Code*>(::operator new(rows_per_block* row_bytes, std::align_val_t{code_alignment}))) {
    std::fill_n(codes_.get(), rows_per_block * row_bytes, Code{0});
  }

  [[nodiscard]] Code* codes(std::size_t row) { return codes_.get() + row * row_bytes_; }
  [[nodiscard]] const Code* codes(std::size_t row) const { return codes_.get() + row * row_bytes_; }

  mutable std::shared_mutex lock;
  std::size_t used = 0;                       // rows that were ever in use: the first ones
  std::array<float, rows_per_block> steps{};  // apart from `rows`: the scan reads all of them
  std::array<RowInfo, rows_per_block> rows{};

 private:
  struct Free {
    void operator()(Code* codes) const { ::operator delete(codes, std::align_val_t{code_alignment}); }
  };
  const std::size_t row_bytes_;
  std::unique_ptr<Code, Free> codes_;
};

}  // namespace likeness::match
