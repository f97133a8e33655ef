// What an index holds. Internal to the room.
//
// Thread rule: as each member says.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <shared_mutex>
#include <vector>

#include "match/row_block.h"
#include "match/row_table.h"
#include "match/vector_index.h"

namespace likeness::match {

[[nodiscard]] inline std::int64_t micros(Time time) { return time.time_since_epoch().count(); }

struct VectorIndex::State {
  explicit State(const IndexOptions& index_options)
      : options(index_options),
        row_bytes(code_row_bytes(index_options.dimension)),
        block_rows(rows_of_block(row_bytes)) {}

  // Constant after construction.
  const IndexOptions options;
  const std::size_t row_bytes;
  const std::size_t block_rows;  // of a full block

  // Rises with each change; a row's `born` is written under its block's lock before the epoch is published.
  std::atomic<std::uint64_t> epoch = 0;

  // Protects `blocks` against growth. Blocks live as long as the index.
  mutable std::shared_mutex structure;
  std::vector<std::unique_ptr<RowBlock>> blocks;

  // Protects the members below, and what is in blocks against other writers; taken before a block's lock.
  mutable std::mutex writing;
  RowTable row_of;                    // id -> block * block_rows + row
  std::vector<std::uint32_t> unused;  // rows that were removed

  [[nodiscard]] std::size_t block_count() const {
    const std::shared_lock reading(structure);
    return blocks.size();
  }
  [[nodiscard]] RowBlock& block(std::size_t number) const {
    const std::shared_lock reading(structure);
    return *blocks[number];
  }

  // With `writing` held: for RowTable.
  [[nodiscard]] auto id_of() const {
    return [this](std::uint32_t row) { return blocks[row / block_rows]->info(row % block_rows).id; };
  }
};

}  // namespace likeness::match
