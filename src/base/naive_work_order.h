// The naive twin of WorkOrder: the ten turns written out, each with its own order of preference. For tests.
#pragma once

#include <optional>
#include <vector>

#include "base/work_order.h"

namespace likeness {

class NaiveWorkOrder {
 public:
  std::optional<WorkClass> next(const PerWorkClass<std::size_t>& waiting) {
    using enum WorkClass;
    const std::vector<WorkClass> by_rank = {live, interactive, batch};
    const std::vector<std::vector<WorkClass>> ten_turns = {
        by_rank, by_rank, by_rank, by_rank, {interactive, live, batch},
        by_rank, by_rank, by_rank, by_rank, {batch, live, interactive}};
    for (const WorkClass preferred : ten_turns.at(turns_passed_ % 10)) {
      if (waiting.at(static_cast<std::size_t>(preferred)) == 0) continue;
      ++turns_passed_;
      return preferred;
    }
    return std::nullopt;
  }

 private:
  std::size_t turns_passed_ = 0;
};

}  // namespace likeness
