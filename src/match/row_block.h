// A block of rows, the unit of allocation, of locking and of the scan. Internal to the room.
//
// The first block begins with room for one group and doubles until it is full, so that an index with a face or two (and
// a server with ten thousand of those) is small.
//
// Thread rule: `lock` protects everything else in it. Shared by readers of the codes, exclusive for a writer of a row.
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <shared_mutex>
#include <span>
#include <utility>

#include "match/aligned_array.h"
#include "match/row_groups.h"
#include "match/vector_index.h"

namespace likeness::match {

// Rows of a full block: a power of two, so that its codes take 4 to 8 MiB, whole large pages at the usual dimensions.
// (With blocks of 256 KiB one query took 1.3 times a plain read instead of 1.1: a scan's prefetchers began anew too
// often; with 3 MiB at 192 dimensions, a third of it in small pages, 1.3 instead of 1.16.)
[[nodiscard]] constexpr std::size_t rows_of_block(std::size_t row_bytes) {
  return std::bit_ceil((std::size_t{4} << 20) / row_bytes);
}
static_assert(rows_of_block(max_row_bytes) % rows_per_group == 0);

struct RowInfo {
  VectorId id = 0;
  std::int64_t valid_from = 0;   // microseconds
  std::int64_t valid_until = 0;  // microseconds; equal to valid_from for a row that is not in use: never valid
  std::uint64_t born = 0;        // epoch of the addition; 0: not in use
  Kind kind = 0;
};

class RowBlock {
 public:
  RowBlock(std::size_t row_bytes, std::size_t capacity) : row_bytes_(row_bytes), arrays_(row_bytes, capacity) {}

  // Rows are numbered from 0 below capacity(), a multiple of rows_per_group.
  [[nodiscard]] std::size_t capacity() const { return arrays_.capacity; }
  [[nodiscard]] std::size_t used() const { return used_; }  // rows that were ever in use: the first ones
  [[nodiscard]] const StoredCode* groups() const { return arrays_.codes.data(); }
  [[nodiscard]] const float* steps() const { return arrays_.steps.get(); }
  [[nodiscard]] const RowInfo& info(std::size_t row) const { return arrays_.rows[row]; }
  [[nodiscard]] RowInfo& info(std::size_t row) { return arrays_.rows[row]; }
  [[nodiscard]] const std::uint8_t* levels(std::size_t row) const {
    return arrays_.levels.data() + row * level_bytes(row_bytes_);
  }
  void get_codes(std::size_t row, std::span<Code> codes) const { get_row(groups(), row, codes); }

  // Moves what is there to larger arrays; what it was copied from is overwritten.
  void grow(std::size_t capacity) {
    Arrays larger(row_bytes_, capacity);
    // Groups lie one after another, so a smaller block is the beginning of a larger one.
    std::copy_n(arrays_.codes.data(), arrays_.capacity * row_bytes_, larger.codes.data());
    std::copy_n(arrays_.levels.data(), arrays_.capacity * level_bytes(row_bytes_), larger.levels.data());
    std::copy_n(arrays_.steps.get(), arrays_.capacity, larger.steps.get());
    std::copy_n(arrays_.rows.get(), arrays_.capacity, larger.rows.get());
    arrays_ = std::move(larger);
  }
  // `levels` may be empty: where all are taken for 2, the middle but for an eighth of a step.
  void put(std::size_t row, std::span<const Code> codes, std::span<const std::uint8_t> levels, float step,
           const RowInfo& info) {
    put_row(arrays_.codes.data(), row, codes);
    std::uint8_t* to = arrays_.levels.data() + row * level_bytes(row_bytes_);
    std::fill_n(to, level_bytes(row_bytes_), std::uint8_t{0b10101010});
    std::copy(levels.begin(), levels.end(), to);
    arrays_.steps[row] = step;
    arrays_.rows[row] = info;
    used_ = std::max(used_, row + 1);
  }
  void erase(std::size_t row) {
    erase_row(arrays_.codes.data(), row, row_bytes_);
    std::fill_n(arrays_.levels.data() + row * level_bytes(row_bytes_), level_bytes(row_bytes_), std::uint8_t{0});
    arrays_.steps[row] = 0;
    arrays_.rows[row] = {};
  }

  [[nodiscard]] static std::size_t bytes_of(std::size_t row_bytes, std::size_t capacity) {
    return sizeof(RowBlock) + capacity * (row_bytes + level_bytes(row_bytes) + sizeof(float) + sizeof(RowInfo));
  }

  mutable std::shared_mutex lock;

 private:
  struct Arrays {
    Arrays(std::size_t row_bytes, std::size_t row_capacity)
        : capacity(row_capacity),
          codes(row_capacity * row_bytes),
          levels(row_capacity * level_bytes(row_bytes)),
          steps(std::make_unique<float[]>(row_capacity)),
          rows(std::make_unique<RowInfo[]>(row_capacity)) {
      std::fill_n(codes.data(), row_capacity * row_bytes, StoredCode{0x80});
      std::fill_n(levels.data(), row_capacity * level_bytes(row_bytes), std::uint8_t{0});
    }
    std::size_t capacity;
    AlignedArray<StoredCode> codes;
    AlignedArray<std::uint8_t> levels;  // row after row: only rows that a scan finds are looked at
    std::unique_ptr<float[]> steps;     // apart from `rows`: the scan reads all of them
    std::unique_ptr<RowInfo[]> rows;
  };

  const std::size_t row_bytes_;
  std::size_t used_ = 0;
  Arrays arrays_;
};

}  // namespace likeness::match
