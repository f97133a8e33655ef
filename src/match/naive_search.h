// The index without anything clever: f32 vectors in a map, everything compared with everything. For tests and
// benchmarks.
#pragma once

#include <algorithm>
#include <cstddef>
#include <map>
#include <span>
#include <vector>

#include "match/vector_index.h"

namespace likeness::match {

class NaiveIndex {
 public:
  void add(VectorId id, std::vector<float> vector, Kind kind, Validity validity) {
    rows_[id] = {std::move(vector), kind, validity};
  }
  bool remove(VectorId id) { return rows_.erase(id) > 0; }
  bool set_validity(VectorId id, Validity validity) {
    const auto found = rows_.find(id);
    if (found == rows_.end()) return false;
    found->second.validity = validity;
    return true;
  }
  [[nodiscard]] std::size_t size() const { return rows_.size(); }

  // `rounded`: with the codes' products, so that the answer equals the index's to the last bit; else with those of f32.
  [[nodiscard]] std::vector<Candidate> search(const Query& query, bool rounded) const {
    std::vector<Candidate> found;
    for (const auto& [id, row] : rows_) {
      if (query.at < row.validity.from || query.at >= row.validity.until) continue;
      if ((query.kinds >> row.kind & 1U) == 0) continue;
      if (std::find(query.excluded.begin(), query.excluded.end(), id) != query.excluded.end()) continue;
      const float cosine = rounded ? rounded_cosine(query.vector, row.vector) : exact_cosine(query.vector, row.vector);
      if (cosine >= query.least_cosine) found.push_back({id, cosine});
    }
    std::sort(found.begin(), found.end(), [](const Candidate& a, const Candidate& b) {
      return a.cosine != b.cosine ? a.cosine > b.cosine : a.id < b.id;
    });
    if (found.size() > query.limit) found.resize(query.limit);
    return found;
  }

  [[nodiscard]] static float exact_cosine(std::span<const float> a, std::span<const float> b) {
    double sum = 0;
    for (std::size_t i = 0; i < a.size(); ++i) sum += double{a[i]} * double{b[i]};
    return static_cast<float>(sum);
  }

  [[nodiscard]] static float rounded_cosine(std::span<const float> query, std::span<const float> row) {
    std::vector<FineCode> fine(code_row_bytes(query.size()));
    std::vector<Code> codes(code_row_bytes(row.size()));
    std::vector<std::uint8_t> levels(level_bytes(codes.size()));
    const float fine_step = encode_fine(query, fine);
    const float row_step = encode_row(row, codes, levels);
    std::int64_t sum = 0;
    for (std::size_t i = 0; i < codes.size(); ++i) {
      sum += std::int64_t{fine[i]} * (8 * codes[i] + 2 * static_cast<int>(level_of(levels, i)) - 3);
    }
    return cosine_of(sum, fine_step, row_step);
  }

 private:
  struct Row {
    std::vector<float> vector;
    Kind kind = 0;
    Validity validity;
  };

  std::map<VectorId, Row> rows_;
};

}  // namespace likeness::match
