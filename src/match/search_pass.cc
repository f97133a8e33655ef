// One scan of an index for some queries, by one thread or several.
#include <algorithm>
#include <array>
#include <atomic>
#include <bit>
#include <cmath>
#include <condition_variable>
#include <limits>
#include <mutex>
#include <shared_mutex>
#include <string>
#include <utility>

#include "match/index_state.h"
#include "match/result_heap.h"

namespace likeness::match {
namespace {

// Groups that a kernel is given at once. For many queries 4: 64 rows of 512 codes fit the first cache while all queries
// pass over them. For few, more: nothing is read twice then, and each step costs something of its own.
constexpr std::size_t groups_for_many = 4;
constexpr std::size_t groups_for_few = 32;
constexpr std::size_t few_queries = 6;
static_assert(groups_for_many * max_queries_of_pass >= groups_for_few * few_queries);

std::size_t groups_per_step(std::size_t queries) { return queries <= few_queries ? groups_for_few : groups_for_many; }

// Rows that a thread takes at once, and that a writer waits for: some 25 microseconds of a scan with one query, and 200
// with 64.
constexpr std::size_t rows_of_turn = 2048;

bool may_answer(const RowInfo& row, const Query& query, std::uint64_t epoch) {
  const std::int64_t at = micros(query.at);
  return row.born <= epoch && row.valid_from <= at && at < row.valid_until && (query.kinds & only(row.kind)) != 0 &&
         !std::binary_search(query.excluded.begin(), query.excluded.end(), row.id);
}

// Queries in the forms that the scan needs: codes for the kernels, finer ones for the rows that they find.
class QueryCodes {
 public:
  QueryCodes(std::span<const Query> queries, std::size_t row_bytes)
      : row_bytes_(row_bytes),
        count_(queries.size()),
        codes_(queries.size() * row_bytes),
        fine_(queries.size() * row_bytes) {
    for (std::size_t q = 0; q < queries.size(); ++q) {
      const std::span codes(codes_.data() + q * row_bytes, row_bytes);
      const std::span fine(fine_.data() + q * row_bytes, row_bytes);
      steps_[q] = encode(queries[q].vector, codes);
      fine_steps_[q] = encode_fine(queries[q].vector, fine);
      double difference = 0;
      double squares = 0;
      for (std::size_t i = 0; i < row_bytes; ++i) {
        sums_[q] += codes[i];
        const double one = double{steps_[q]} * codes[i] - double{fine_steps_[q]} * fine[i];
        difference += one * one;
        fine_sums_[q] += fine[i];
        squares += double{fine_steps_[q]} * fine[i] * double{fine_steps_[q]} * fine[i];
      }
      // And the levels move it by no more than the query's length times that of what they add: three eighths of the
      // row's step, at most, in each dimension. find_hits multiplies by the row's step.
      const double most = 0.376 * std::sqrt(squares * static_cast<double>(queries[q].vector.size()));
      slack_[q] = steps_[q] > 0 ? static_cast<float>(most / double{steps_[q]}) : 0;
      // By Cauchy and Schwarz the two products with a row differ by no more than this times the row's length, which is
      // 1 but for its rounding (less than a per cent for embeddings); the rest is for rounded floats.
      margins_[q] = static_cast<float>(1.05 * std::sqrt(difference) + 1e-5);
    }
  }

  [[nodiscard]] QueryRows rows() const { return {codes_.data(), sums_.data(), count_}; }
  [[nodiscard]] const FineCode* fine(std::size_t query) const { return fine_.data() + query * row_bytes_; }
  [[nodiscard]] float fine_step(std::size_t query) const { return fine_steps_[query]; }

  [[nodiscard]] const float* slack() const { return slack_.data(); }
  [[nodiscard]] std::int64_t fine_sum(std::size_t query) const { return fine_sums_[query]; }

  // What a row's product with the codes, plus slack() and times the row's step, is at least if its cosine is `bound`.
  [[nodiscard]] float least_scaled(std::size_t query, float bound) const {
    const float least = bound - margins_[query];
    if (steps_[query] > 0) return least / steps_[query];
    return least <= 0 ? -std::numeric_limits<float>::infinity() : std::numeric_limits<float>::infinity();
  }

 private:
  const std::size_t row_bytes_;
  const std::size_t count_;
  AlignedArray<Code> codes_;
  AlignedArray<FineCode> fine_;
  std::array<std::int32_t, max_queries_of_pass> sums_{};
  std::array<float, max_queries_of_pass> steps_{};
  std::array<float, max_queries_of_pass> fine_steps_{};
  std::array<std::int64_t, max_queries_of_pass> fine_sums_{};
  std::array<float, max_queries_of_pass> margins_{};
  std::array<float, max_queries_of_pass> slack_{};
};

}  // namespace

struct VectorIndex::Pass::Work {
  Work(const State& index_state, std::span<const Query> pass_queries)
      : state(index_state),
        queries(pass_queries.begin(), pass_queries.end()),
        codes(queries, index_state.row_bytes),
        epoch(index_state.epoch.load()),
        slice_rows(std::min(rows_of_turn, index_state.block_rows)),
        slices_per_block(index_state.block_rows / slice_rows),
        slice_count(index_state.block_count() * slices_per_block) {}

  const State& state;
  const std::vector<Query> queries;
  const QueryCodes codes;
  const std::uint64_t epoch;
  const std::size_t slice_rows;
  const std::size_t slices_per_block;
  const std::size_t slice_count;
  std::atomic<std::size_t> next_slice = 0;

  std::mutex mutex;  // protects the members below
  std::condition_variable changed;
  std::size_t helping = 0;
  std::vector<ResultHeap> merged;

  [[nodiscard]] std::vector<ResultHeap> empty_heaps() const {
    std::vector<ResultHeap> heaps;
    heaps.reserve(queries.size());
    for (const Query& query : queries) heaps.emplace_back(query.limit, query.least_cosine);
    return heaps;
  }
  void scan_some(std::vector<ResultHeap>& heaps);
  void scan(const RowBlock& block, std::size_t first_row, std::vector<ResultHeap>& heaps) const;
  void look_at(const RowBlock& block, std::size_t row, std::size_t query, ResultHeap& heap) const;
};

void VectorIndex::Pass::Work::scan_some(std::vector<ResultHeap>& heaps) {
  for (;;) {
    const std::size_t slice = next_slice.fetch_add(1);
    if (slice >= slice_count) return;
    scan(state.block(slice / slices_per_block), slice % slices_per_block * slice_rows, heaps);
  }
}

void VectorIndex::Pass::Work::scan(const RowBlock& block, std::size_t slice_row, std::vector<ResultHeap>& heaps) const {
  // NOLINTBEGIN(*-member-init): only written
  std::array<std::int32_t, groups_for_many * rows_per_group * max_queries_of_pass> products;
  std::array<std::uint16_t, groups_for_many * max_queries_of_pass> hits;
  std::array<float, max_queries_of_pass> least;
  // NOLINTEND(*-member-init)
  const DotKernel& kernel = *state.options.kernel;
  const std::shared_lock reading(block.lock);
  for (std::size_t q = 0; q < queries.size(); ++q) least[q] = codes.least_scaled(q, heaps[q].bound());
  const std::size_t group_count =
      (std::min(block.used(), slice_row + slice_rows) + rows_per_group - 1) / rows_per_group;
  const std::size_t step = groups_per_step(queries.size());
  for (std::size_t first = slice_row / rows_per_group; first < group_count; first += step) {
    const std::size_t count = std::min(step, group_count - first);
    const std::size_t first_row = first * rows_per_group;
    for (std::size_t g = 0; g < step; ++g) {  // the steps of the next rows, while the codes are read
      __builtin_prefetch(block.steps() + first_row + (step + g) * rows_per_group);
    }
    kernel.dot(codes.rows(), block.groups() + first_row * state.row_bytes, count, state.row_bytes, products.data());
    std::uint64_t hit_queries = kernel.find_hits(products.data(), block.steps() + first_row, count, codes.slack(),
                                                 least.data(), queries.size(), hits.data());
    for (; hit_queries != 0; hit_queries &= hit_queries - 1) {
      const auto q = static_cast<std::size_t>(std::countr_zero(hit_queries));
      for (std::size_t g = 0; g < count; ++g) {
        for (unsigned mask = hits[q * count + g]; mask != 0; mask &= mask - 1) {
          look_at(block, first_row + g * rows_per_group + static_cast<std::size_t>(std::countr_zero(mask)), q,
                  heaps[q]);
        }
      }
      least[q] = codes.least_scaled(q, heaps[q].bound());
    }
  }
}

void VectorIndex::Pass::Work::look_at(const RowBlock& block, std::size_t row, std::size_t query,
                                      ResultHeap& heap) const {
  const RowInfo& info = block.info(row);
  if (!may_answer(info, queries[query], epoch)) return;
  const FineCode* fine = codes.fine(query);
  const std::int64_t dot = 8 * dot_with_codes(fine, block.groups(), row, state.row_bytes) +
                           2 * dot_with_levels(fine, block.levels(row), state.row_bytes) - 3 * codes.fine_sum(query);
  const float cosine = cosine_of(dot, codes.fine_step(query), block.steps()[row]);
  // Written so that a bound of NaN lets nothing in.
  if (cosine >= heap.bound()) heap.offer({info.id, cosine});
}

VectorIndex::Pass::Pass(std::unique_ptr<Work> work) : work_(std::move(work)) {}
VectorIndex::Pass::~Pass() = default;

bool VectorIndex::Pass::has_work() const { return work_->next_slice.load() < work_->slice_count; }

void VectorIndex::Pass::help() {
  Work& work = *work_;
  {
    const std::lock_guard lock(work.mutex);
    if (!has_work()) return;
    ++work.helping;
  }
  std::vector<ResultHeap> heaps = work.empty_heaps();
  work.scan_some(heaps);
  const std::lock_guard lock(work.mutex);
  if (work.merged.empty()) {
    work.merged = std::move(heaps);
  } else {
    for (std::size_t q = 0; q < heaps.size(); ++q) work.merged[q].merge(std::move(heaps[q]));
  }
  if (--work.helping == 0) work.changed.notify_all();
}

std::vector<std::vector<Candidate>> VectorIndex::Pass::take() {
  help();
  std::unique_lock lock(work_->mutex);
  work_->changed.wait(lock, [&] { return work_->helping == 0; });
  if (work_->merged.empty()) work_->merged = work_->empty_heaps();
  std::vector<std::vector<Candidate>> answers;
  answers.reserve(work_->merged.size());
  for (ResultHeap& heap : work_->merged) answers.push_back(heap.take());
  return answers;
}

Result<std::unique_ptr<VectorIndex::Pass>> VectorIndex::begin(std::span<const Query> queries) const {
  if (queries.size() > max_queries_of_pass) {
    return Error(ErrorKind::invalid_argument, "one pass serves at most " + std::to_string(max_queries_of_pass) +
                                                  " queries, these are " + std::to_string(queries.size()));
  }
  for (const Query& query : queries) {
    if (query.vector.size() != dimension() || query.limit < 1 || query.limit > max_candidates) {
      return Error(ErrorKind::invalid_argument, "a query has " + std::to_string(dimension()) +
                                                    " dimensions and a limit of 1 to " +
                                                    std::to_string(max_candidates));
    }
  }
  return std::unique_ptr<Pass>(new Pass(std::make_unique<Pass::Work>(*state_, queries)));
}

Result<std::vector<std::vector<Candidate>>> VectorIndex::search(std::span<const Query> queries) const {
  if (queries.empty()) return std::vector<std::vector<Candidate>>();
  const std::unique_ptr<Pass> pass = TRY(begin(queries));
  return pass->take();
}

}  // namespace likeness::match
