// Which stored vectors are nearest to a query: exact, over all of them, with a mask.
//
// An index holds the int8 codes of unit vectors of one embedding space (match/int8_codes.h), each under an id that the
// caller made up, with a kind (faces, averages of a user's faces, ...) and an interval of validity. (Of a vector that
// is not of unit length an answer near a query's bound may be missed.) A scan reads every row once and serves several
// queries at the same time; it costs the memory traffic of one. There is nothing to train, deletion frees the row for
// the next addition, and any filter can be applied.
//
// Whether a row may answer a query (kind, validity at the query's time, exclusion) is tested before it enters the
// query's result heap, so what a client must not see displaces nothing that it may.
//
// A search sees the index at one epoch, taken when it starts: rows added later do not answer it. A row that is removed,
// or whose interval ends, while the search runs may or may not answer; whoever must not show it looks again afterwards.
//
// Thread rule: all methods may be called from any thread. Searches run beside additions and removals: a writer waits at
// most for the scan of some 2,000 rows.
// Ownership: everything is copied in.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "match/dot_kernel.h"

namespace likeness::match {

using VectorId = std::uint64_t;

// The caller's classes of vectors; a query names those that may answer it.
using Kind = std::uint8_t;    // 0..31
using Kinds = std::uint32_t;  // bit k: kind k may answer
[[nodiscard]] constexpr Kinds only(Kind kind) { return Kinds{1} << kind; }

// A row is valid at `t` if from <= t < until.
struct Validity {
  Time from = Time::min();
  Time until = Time::max();

  bool operator==(const Validity&) const = default;
};

struct Candidate {
  VectorId id = 0;
  float cosine = 0;  // within 0.001 of that of the floats (match/int8_codes.h)

  bool operator==(const Candidate&) const = default;
};

struct Query {
  std::span<const float> vector = {};       // unit length, of the index's dimension; the caller's while the search runs
  float least_cosine = -1;                  // a row with less does not answer
  std::size_t limit = 1;                    // 1..max_candidates
  Time at{};                                // rows valid then may answer
  Kinds kinds = ~Kinds{0};                  //
  std::span<const VectorId> excluded = {};  // rising; these do not answer
};

inline constexpr std::size_t max_candidates = 4096;     // the largest answer of Rekognition
inline constexpr std::size_t max_queries_of_pass = 64;  // served by one scan
inline constexpr std::size_t max_rows = std::size_t{1} << 27;

struct IndexOptions {
  std::size_t dimension = 512;        // 1..max_row_bytes
  std::string embedding_space = {};   // which vectors these are; the caller compares it
  const DotKernel* kernel = nullptr;  // null: default_kernel()
};

class VectorIndex {
 public:
  // Errors: invalid_argument (a dimension out of range).
  [[nodiscard]] static Result<std::unique_ptr<VectorIndex>> create(const IndexOptions& options);
  ~VectorIndex();
  VectorIndex(const VectorIndex&) = delete;
  VectorIndex& operator=(const VectorIndex&) = delete;

  // Errors: invalid_argument (another dimension, or a kind over 31), already_exists (the id), limit_exceeded
  // (max_rows).
  [[nodiscard]] Result<void> add(VectorId id, std::span<const float> vector, Kind kind, const Validity& validity);
  // The same from a row that another index or a snapshot holds: code_row_bytes(dimension) codes in -127..127, and a
  // finite step. Errors: as add().
  struct Row;
  [[nodiscard]] Result<void> add(const Row& row);

  // False if there is no such id. When it returns, no search that starts later finds it, and its codes are overwritten.
  bool remove(VectorId id);
  // False if there is no such id.
  bool set_validity(VectorId id, const Validity& validity);

  // For each query the nearest rows: highest cosine first, of equal ones the lowest id. At most max_queries_of_pass
  // queries. Errors: invalid_argument (a dimension, a limit, too many queries).
  [[nodiscard]] Result<std::vector<std::vector<Candidate>>> search(std::span<const Query> queries) const;

  [[nodiscard]] std::size_t size() const;     // rows
  [[nodiscard]] std::uint64_t epoch() const;  // of the last change; rises with each
  // All that the index has allocated: codes, rows and ids. 1,000,000 faces of 512 dimensions take some 695 bytes each,
  // an index of one row some 12 KiB.
  [[nodiscard]] std::size_t memory_bytes() const;
  [[nodiscard]] std::size_t dimension() const;
  [[nodiscard]] const std::string& embedding_space() const;

  // A search that several threads may do together: each that calls help() takes rows until none are left.
  class Pass {
   public:
    ~Pass();
    Pass(const Pass&) = delete;
    Pass& operator=(const Pass&) = delete;

    // Scans rows until none are left to begin with. From any thread, at any time, also when all is done.
    void help();
    // Whether help() has something to do.
    [[nodiscard]] bool has_work() const;
    // Waits for the threads that help, and gives the answers; once, by one thread. What the queries point to is not
    // looked at any more when it returns.
    [[nodiscard]] std::vector<std::vector<Candidate>> take();

   private:
    friend class VectorIndex;
    struct Work;
    explicit Pass(std::unique_ptr<Work> work);
    std::unique_ptr<Work> work_;
  };
  // What search() does, for one pass. What the queries point to must live until take() returns, the index as long as
  // the pass. Errors: as search().
  [[nodiscard]] Result<std::unique_ptr<Pass>> begin(std::span<const Query> queries) const;

  // One row as it is stored.
  struct Row {
    VectorId id = 0;
    Kind kind = 0;
    Validity validity;
    float step = 0;               // int8_codes.h
    std::span<const Code> codes;  // of a visited row: valid during the visit
    // int8_codes.h; as valid. May be empty for add(): the answers are a little less exact then.
    std::span<const std::uint8_t> levels = {};
  };
  // Visits every row, block by block; rows that come or go meanwhile may be missed or seen. For snapshots and checks.
  template <typename Visit>
  void each(Visit visit) const {
    for (std::size_t block = 0; visit_block(
             block, [](void* context, const Row& row) { (*static_cast<Visit*>(context))(row); }, &visit);
         ++block) {
    }
  }

 private:
  struct State;
  explicit VectorIndex(std::unique_ptr<State> state);
  bool visit_block(std::size_t block, void (*visit)(void*, const Row&), void* context) const;

  std::unique_ptr<State> state_;
};

}  // namespace likeness::match
