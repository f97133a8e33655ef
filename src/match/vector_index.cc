#include "match/vector_index.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <string>
#include <utility>

#include "match/index_state.h"

namespace likeness::match {

namespace {

// Rows that a block is made with. One that grows leaves its smaller arrays to the allocator, which is nothing in a
// small index; in a large one a whole block more is at most an eighth.
std::size_t first_capacity(std::size_t number, std::size_t block_rows) {
  if (number == 0) return rows_per_group;
  return number < 8 ? block_rows / 4 : block_rows;
}

// With the writers' lock held: the block of a row that may be written now, made or grown if need be.
RowBlock& block_for(std::uint32_t row, std::size_t row_bytes, std::vector<std::unique_ptr<RowBlock>>& blocks,
                    std::shared_mutex& structure) {
  const std::size_t block_rows = rows_of_block(row_bytes);
  const std::size_t number = row / block_rows;
  if (number == blocks.size()) {
    auto added = std::make_unique<RowBlock>(row_bytes, first_capacity(number, block_rows));
    const std::unique_lock growing(structure);
    blocks.push_back(std::move(added));
  }
  RowBlock& block = *blocks[number];
  if (row % block_rows >= block.capacity()) {
    const std::unique_lock changing(block.lock);
    block.grow(std::min(2 * block.capacity(), block_rows));
  }
  return block;
}

}  // namespace

VectorIndex::VectorIndex(std::unique_ptr<State> state) : state_(std::move(state)) {}
VectorIndex::~VectorIndex() = default;

Result<std::unique_ptr<VectorIndex>> VectorIndex::create(const IndexOptions& options) {
  if (options.dimension == 0 || code_row_bytes(options.dimension) > max_row_bytes) {
    return Error(ErrorKind::invalid_argument,
                 "an index holds vectors of 1 to " + std::to_string(max_row_bytes) + " dimensions");
  }
  IndexOptions chosen = options;
  if (chosen.kernel == nullptr) chosen.kernel = &default_kernel();
  return std::unique_ptr<VectorIndex>(new VectorIndex(std::make_unique<State>(chosen)));
}

Result<void> VectorIndex::add(VectorId id, std::span<const float> vector, Kind kind, const Validity& validity) {
  if (vector.size() != dimension()) {
    return Error(ErrorKind::invalid_argument, "the index holds vectors of " + std::to_string(dimension()) +
                                                  " dimensions, this one has " + std::to_string(vector.size()));
  }
  std::array<Code, max_row_bytes> codes;  // NOLINT(*-member-init): the part that is read is written
  const std::span row = std::span(codes).first(state_->row_bytes);
  std::array<std::uint8_t, level_bytes(max_row_bytes)> levels;  // NOLINT(*-member-init): as above
  const std::span row_levels = std::span(levels).first(level_bytes(state_->row_bytes));
  const float step = encode_row(vector, row, row_levels);
  return add({id, kind, validity, step, row, row_levels});
}

Result<void> VectorIndex::add(const Row& row) {
  State& state = *state_;
  if (row.codes.size() != state.row_bytes ||
      (!row.levels.empty() && row.levels.size() != level_bytes(state.row_bytes)) || row.kind > 31 ||
      !std::isfinite(row.step)) {
    return Error(ErrorKind::invalid_argument, "a row of the index has " + std::to_string(state.row_bytes) +
                                                  " codes, a finite step and a kind of 0 to 31");
  }
  const std::lock_guard writing(state.writing);
  if (state.row_of.find(row.id, state.id_of())) {
    return Error(ErrorKind::already_exists, "the index has vector " + std::to_string(row.id) + " already");
  }
  if (state.row_of.size() >= max_rows) {
    return Error(ErrorKind::limit_exceeded, "an index holds at most " + std::to_string(max_rows) + " vectors");
  }
  // Without unused ones, every row below the number of rows is in use.
  const auto number = state.unused.empty() ? static_cast<std::uint32_t>(state.row_of.size()) : state.unused.back();
  RowBlock& block = block_for(number, state.row_bytes, state.blocks, state.structure);
  const std::uint64_t born = state.epoch.load() + 1;
  state.row_of.insert(row.id, number, state.id_of());
  if (!state.unused.empty()) state.unused.pop_back();
  {
    const std::unique_lock changing(block.lock);
    block.put(number % state.block_rows, row.codes, row.levels, row.step,
              {row.id, micros(row.validity.from), micros(row.validity.until), born, row.kind});
  }
  state.epoch.store(born);
  return {};
}

bool VectorIndex::remove(VectorId id) {
  State& state = *state_;
  const std::lock_guard writing(state.writing);
  const std::optional<std::uint32_t> number = state.row_of.find(id, state.id_of());
  if (!number) return false;
  state.unused.push_back(*number);
  state.row_of.erase(id, state.id_of());
  RowBlock& block = *state.blocks[*number / state.block_rows];
  {
    const std::unique_lock changing(block.lock);
    block.erase(*number % state.block_rows);
  }
  state.epoch.fetch_add(1);
  return true;
}

bool VectorIndex::set_validity(VectorId id, const Validity& validity) {
  State& state = *state_;
  const std::lock_guard writing(state.writing);
  const std::optional<std::uint32_t> number = state.row_of.find(id, state.id_of());
  if (!number) return false;
  RowBlock& block = *state.blocks[*number / state.block_rows];
  {
    const std::unique_lock changing(block.lock);
    RowInfo& row = block.info(*number % state.block_rows);
    row.valid_from = micros(validity.from);
    row.valid_until = micros(validity.until);
  }
  state.epoch.fetch_add(1);
  return true;
}

bool VectorIndex::visit_block(std::size_t number, void (*visit)(void*, const Row&), void* context) const {
  const State& state = *state_;
  if (number >= state.block_count()) return false;
  const RowBlock& block = state.block(number);
  std::array<Code, max_row_bytes> codes;  // NOLINT(*-member-init): the part that is read is written
  const std::span row_codes = std::span(codes).first(state.row_bytes);
  const std::shared_lock reading(block.lock);
  for (std::size_t r = 0; r < block.used(); ++r) {
    const RowInfo& info = block.info(r);
    if (info.born == 0) continue;  // removed
    block.get_codes(r, row_codes);
    visit(context, {info.id,
                    info.kind,
                    {Time(Micros(info.valid_from)), Time(Micros(info.valid_until))},
                    block.steps()[r],
                    row_codes,
                    std::span(block.levels(r), level_bytes(state.row_bytes))});
  }
  return true;
}

std::size_t VectorIndex::size() const {
  const std::lock_guard writing(state_->writing);
  return state_->row_of.size();
}

std::uint64_t VectorIndex::epoch() const { return state_->epoch.load(); }

std::size_t VectorIndex::memory_bytes() const {
  const State& state = *state_;
  const std::lock_guard writing(state.writing);
  std::size_t bytes = sizeof(VectorIndex) + sizeof(State) + state.blocks.capacity() * sizeof(state.blocks.front()) +
                      state.row_of.memory_bytes() + state.unused.capacity() * sizeof(state.unused.front());
  for (const auto& block : state.blocks) bytes += RowBlock::bytes_of(state.row_bytes, block->capacity());
  return bytes;
}

std::size_t VectorIndex::dimension() const { return state_->options.dimension; }
const std::string& VectorIndex::embedding_space() const { return state_->options.embedding_space; }

}  // namespace likeness::match
