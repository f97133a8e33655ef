// Finds the row of an id: a hash table that keeps nothing but row numbers, four bytes each, since every row has its id
// beside it anyway. Open addressing with linear probing; a removal closes the gap it leaves, so nothing piles up.
// Internal to the room.
//
// `IdOf` is a function from a row number in the table to its id.
//
// Thread rule: thread-compatible.
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "match/vector_index.h"

namespace likeness::match {

class RowTable {
 public:
  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] std::size_t memory_bytes() const { return slots_.capacity() * sizeof(std::uint32_t); }

  template <typename IdOf>
  [[nodiscard]] std::optional<std::uint32_t> find(VectorId id, const IdOf& id_of) const {
    if (slots_.empty()) return std::nullopt;
    const std::size_t slot = slot_of(id, id_of);
    if (slots_[slot] == none) return std::nullopt;
    return slots_[slot];
  }

  // False, and nothing is changed, if the id is there already. `row`'s id need not be readable through id_of yet.
  template <typename IdOf>
  bool insert(VectorId id, std::uint32_t row, const IdOf& id_of) {
    reserve(size_ + 1, id_of);
    const std::size_t slot = slot_of(id, id_of);
    if (slots_[slot] != none) return false;
    slots_[slot] = row;
    ++size_;
    return true;
  }

  // The id must be there, and readable through id_of still.
  template <typename IdOf>
  void erase(VectorId id, const IdOf& id_of) {
    const std::size_t mask = slots_.size() - 1;
    std::size_t gap = slot_of(id, id_of);
    slots_[gap] = none;
    --size_;
    // Whoever was pushed past the gap by its neighbours moves into it (Knuth, volume 3, 6.4, algorithm R).
    for (std::size_t next = (gap + 1) & mask; slots_[next] != none; next = (next + 1) & mask) {
      const std::size_t home = hash(id_of(slots_[next])) & mask;
      if (((next - home) & mask) < ((next - gap) & mask)) continue;
      slots_[gap] = slots_[next];
      slots_[next] = none;
      gap = next;
    }
  }

  template <typename IdOf>
  void reserve(std::size_t rows, const IdOf& id_of) {
    if (rows * 4 <= slots_.size() * 3) return;  // three quarters full at most
    const std::vector<std::uint32_t> old = std::move(slots_);
    slots_ = std::vector<std::uint32_t>(std::bit_ceil(std::max<std::size_t>(8, rows * 4 / 3 + 1)), none);
    for (const std::uint32_t row : old) {
      if (row != none) slots_[slot_of(id_of(row), id_of)] = row;
    }
  }

 private:
  static constexpr std::uint32_t none = ~std::uint32_t{0};  // above max_rows

  // The finaliser of MurmurHash3: ids that rise by one spread over the table.
  static std::size_t hash(VectorId id) {
    id ^= id >> 33;
    id *= 0xff51afd7ed558ccdULL;
    id ^= id >> 33;
    id *= 0xc4ceb9fe1a85ec53ULL;
    id ^= id >> 33;
    return static_cast<std::size_t>(id);
  }

  // Where the id is, or where it would be put. There is always a free slot.
  template <typename IdOf>
  [[nodiscard]] std::size_t slot_of(VectorId id, const IdOf& id_of) const {
    const std::size_t mask = slots_.size() - 1;
    std::size_t slot = hash(id) & mask;
    while (slots_[slot] != none && id_of(slots_[slot]) != id) slot = (slot + 1) & mask;
    return slot;
  }

  std::vector<std::uint32_t> slots_;  // a power of two of them
  std::size_t size_ = 0;
};

}  // namespace likeness::match
