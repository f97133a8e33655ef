// The best candidates of one query so far. Internal to the room.
//
// Thread rule: thread-compatible.
#pragma once

#include <algorithm>
#include <cstddef>
#include <utility>
#include <vector>

#include "match/vector_index.h"

namespace likeness::match {

class ResultHeap {
 public:
  ResultHeap(std::size_t limit, float least_cosine) : limit_(limit), bound_(least_cosine) {}

  // A row with less cannot enter.
  [[nodiscard]] float bound() const { return bound_; }

  void offer(const Candidate& entry) {
    if (entries_.size() == limit_) {
      if (!before(entry, entries_.front())) return;
      std::pop_heap(entries_.begin(), entries_.end(), before);
      entries_.back() = entry;
    } else {
      entries_.push_back(entry);
    }
    std::push_heap(entries_.begin(), entries_.end(), before);
    if (entries_.size() == limit_) bound_ = std::max(bound_, entries_.front().cosine);
  }

  void merge(ResultHeap&& other) {
    for (const Candidate& entry : other.entries_) offer(entry);
    other.entries_.clear();
  }

  // Highest first, of equal ones the lowest id.
  [[nodiscard]] std::vector<Candidate> take() {
    std::sort(entries_.begin(), entries_.end(), before);
    return std::move(entries_);
  }

 private:
  // As an order of the standard heap it puts the worst entry in front.
  static bool before(const Candidate& a, const Candidate& b) {
    return a.cosine != b.cosine ? a.cosine > b.cosine : a.id < b.id;
  }

  const std::size_t limit_;
  float bound_;
  std::vector<Candidate> entries_;
};

}  // namespace likeness::match
