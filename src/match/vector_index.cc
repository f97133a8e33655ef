#include "match/vector_index.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <cmath>
#include <cstring>
#include <mutex>
#include <shared_mutex>
#include <unordered_map>
#include <utility>

#include "match/result_heap.h"
#include "match/row_block.h"

namespace likeness::match {

namespace {

// Rows that a kernel is given at once: their products stay in the first cache, and so do the queries between them.
constexpr std::size_t rows_per_step = 32;
static_assert(rows_per_block % rows_per_step == 0);

std::int64_t micros(Time time) { return time.time_since_epoch().count(); }

// The codes of some queries, one after another, aligned for the kernels.
class QueryCodes {
 public:
  QueryCodes(std::span<const Query> queries, std::size_t row_bytes)
      : codes_(static_cast<Code*>(::operator new(queries.size() * row_bytes, std::align_val_t{code_alignment}))) {
    for (std::size_t q = 0; q < queries.size(); ++q) {
      steps_[q] = encode(queries[q].vector, std::span(codes_.get() + q * row_bytes, row_bytes));
    }
  }
  [[nodiscard]] const Code* data() const { return codes_.get(); }
  [[nodiscard]] float step(std::size_t query) const { return steps_[query]; }

 private:
  struct Free {
    void operator()(Code* codes) const { ::operator delete(codes, std::align_val_t{code_alignment}); }
  };
  std::unique_ptr<Code, Free> codes_;
  std::array<float, max_queries_of_pass> steps_{};
};

bool may_answer(const RowInfo& row, const Query& query, std::uint64_t epoch) {
  const std::int64_t at = micros(query.at);
  return row.born <= epoch && row.valid_from <= at && at < row.valid_until && (query.kinds & only(row.kind)) != 0 &&
         !std::binary_search(query.excluded.begin(), query.excluded.end(), row.id);
}

}  // namespace

struct VectorIndex::State {
  explicit State(const IndexOptions& index_options)
      : options(index_options), row_bytes(code_row_bytes(index_options.dimension)) {}

  // Constant after construction.
  const IndexOptions options;
  const std::size_t row_bytes;

  // Rises with each change; a row's `born` is written under its block's lock before the epoch is published.
  std::atomic<std::uint64_t> epoch = 0;

  // Protects `blocks` against growth. Blocks live as long as the index.
  mutable std::shared_mutex structure;
  std::vector<std::unique_ptr<RowBlock>> blocks;

  // Protects the members below; taken before a block's lock.
  mutable std::mutex writing;
  std::unordered_map<VectorId, std::uint32_t> row_of;  // block * rows_per_block + row
  std::vector<std::uint32_t> unused;                   // rows that were removed

  [[nodiscard]] std::size_t block_count() const {
    const std::shared_lock reading(structure);
    return blocks.size();
  }
  [[nodiscard]] RowBlock& block(std::size_t number) const {
    const std::shared_lock reading(structure);
    return *blocks[number];
  }

  // With `writing` held.
  [[nodiscard]] std::uint32_t take_row() {
    if (!unused.empty()) {
      const std::uint32_t row = unused.back();
      unused.pop_back();
      return row;
    }
    const std::size_t next = row_of.size();  // every row below is in use
    if (next == blocks.size() * rows_per_block) {
      auto added = std::make_unique<RowBlock>(row_bytes);
      const std::unique_lock growing(structure);
      blocks.push_back(std::move(added));
    }
    return static_cast<std::uint32_t>(next);
  }

  void scan(const RowBlock& rows, std::span<const Query> queries, const QueryCodes& codes, std::uint64_t seen,
            std::vector<ResultHeap>& heaps) const {
    std::array<std::int32_t, rows_per_step * max_queries_of_pass> products;  // NOLINT(*-member-init): only written
    const std::shared_lock reading(rows.lock);
    for (std::size_t first = 0; first < rows.used; first += rows_per_step) {
      const std::size_t count = std::min(rows_per_step, rows.used - first);
      options.kernel->dot(codes.data(), queries.size(), rows.codes(first), count, row_bytes, products.data());
      for (std::size_t q = 0; q < queries.size(); ++q) {
        for (std::size_t r = 0; r < count; ++r) {
          const float cosine = cosine_of(products[q * count + r], codes.step(q), rows.steps[first + r]);
          // Written so that a bound of NaN lets nothing in.
          if (!(cosine >= heaps[q].bound())) continue;
          const RowInfo& row = rows.rows[first + r];
          if (may_answer(row, queries[q], seen)) heaps[q].offer({row.id, cosine});
        }
      }
    }
  }
};

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
  const float step = encode(vector, row);
  return add({id, kind, validity, step, row});
}

Result<void> VectorIndex::add(const Row& row) {
  State& state = *state_;
  if (row.codes.size() != state.row_bytes || row.kind > 31 || !std::isfinite(row.step)) {
    return Error(ErrorKind::invalid_argument, "a row of the index has " + std::to_string(state.row_bytes) +
                                                  " codes, a finite step and a kind of 0 to 31");
  }
  const std::lock_guard writing(state.writing);
  if (state.row_of.contains(row.id)) {
    return Error(ErrorKind::already_exists, "the index has vector " + std::to_string(row.id) + " already");
  }
  if (state.row_of.size() >= max_rows) {
    return Error(ErrorKind::limit_exceeded, "an index holds at most " + std::to_string(max_rows) + " vectors");
  }
  const std::uint32_t number = state.take_row();
  const std::size_t in_block = number % rows_per_block;
  RowBlock& block = state.block(number / rows_per_block);
  const std::uint64_t born = state.epoch.load() + 1;
  {
    const std::unique_lock changing(block.lock);
    std::copy(row.codes.begin(), row.codes.end(), block.codes(in_block));
    block.steps[in_block] = row.step;
    block.rows[in_block] = {row.id, micros(row.validity.from), micros(row.validity.until), born, row.kind};
    block.used = std::max(block.used, in_block + 1);
  }
  state.row_of.emplace(row.id, number);
  state.epoch.store(born);
  return {};
}

bool VectorIndex::remove(VectorId id) {
  State& state = *state_;
  const std::lock_guard writing(state.writing);
  const auto found = state.row_of.find(id);
  if (found == state.row_of.end()) return false;
  const std::uint32_t number = found->second;
  RowBlock& block = state.block(number / rows_per_block);
  {
    const std::unique_lock changing(block.lock);
    block.rows[number % rows_per_block] = {};
    block.steps[number % rows_per_block] = 0;
    std::fill_n(block.codes(number % rows_per_block), state.row_bytes, Code{0});
  }
  state.row_of.erase(found);
  state.unused.push_back(number);
  state.epoch.fetch_add(1);
  return true;
}

bool VectorIndex::set_validity(VectorId id, const Validity& validity) {
  State& state = *state_;
  const std::lock_guard writing(state.writing);
  const auto found = state.row_of.find(id);
  if (found == state.row_of.end()) return false;
  RowBlock& block = state.block(found->second / rows_per_block);
  {
    const std::unique_lock changing(block.lock);
    RowInfo& row = block.rows[found->second % rows_per_block];
    row.valid_from = micros(validity.from);
    row.valid_until = micros(validity.until);
  }
  state.epoch.fetch_add(1);
  return true;
}

Result<std::vector<std::vector<Candidate>>> VectorIndex::search(std::span<const Query> queries) const {
  const State& state = *state_;
  if (queries.size() > max_queries_of_pass) {
    return Error(ErrorKind::invalid_argument, "one pass serves at most " + std::to_string(max_queries_of_pass) +
                                                  " queries, these are " + std::to_string(queries.size()));
  }
  std::vector<ResultHeap> heaps;
  heaps.reserve(queries.size());
  for (const Query& query : queries) {
    if (query.vector.size() != dimension() || query.limit < 1 || query.limit > max_candidates) {
      return Error(ErrorKind::invalid_argument, "a query has " + std::to_string(dimension()) +
                                                    " dimensions and a limit of 1 to " +
                                                    std::to_string(max_candidates));
    }
    heaps.emplace_back(query.limit, query.least_cosine);
  }
  std::vector<std::vector<Candidate>> answers;
  if (queries.empty()) return answers;
  const QueryCodes codes(queries, state.row_bytes);
  const std::uint64_t seen = state.epoch.load();
  const std::size_t block_count = state.block_count();
  for (std::size_t number = 0; number < block_count; ++number) {
    state.scan(state.block(number), queries, codes, seen, heaps);
  }
  answers.reserve(queries.size());
  for (ResultHeap& heap : heaps) answers.push_back(heap.take());
  return answers;
}

bool VectorIndex::visit_block(std::size_t number, void (*visit)(void*, const Row&), void* context) const {
  const State& state = *state_;
  if (number >= state.block_count()) return false;
  const RowBlock& block = state.block(number);
  const std::shared_lock reading(block.lock);
  for (std::size_t r = 0; r < block.used; ++r) {
    const RowInfo& info = block.rows[r];
    if (info.born == 0) continue;  // removed
    visit(context, {info.id,
                    info.kind,
                    {Time(Micros(info.valid_from)), Time(Micros(info.valid_until))},
                    block.steps[r],
                    std::span(block.codes(r), state.row_bytes)});
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
  // A node of the map: the value, its successor, and what the allocator adds.
  constexpr std::size_t map_node = sizeof(std::pair<VectorId, std::uint32_t>) + sizeof(void*) + 8;
  return state.block_count() * (sizeof(RowBlock) + rows_per_block * state.row_bytes) + state.row_of.size() * map_node +
         state.row_of.bucket_count() * sizeof(void*) + state.unused.capacity() * sizeof(std::uint32_t);
}

std::size_t VectorIndex::dimension() const { return state_->options.dimension; }
const std::string& VectorIndex::embedding_space() const { return state_->options.embedding_space; }

}  // namespace likeness::match
