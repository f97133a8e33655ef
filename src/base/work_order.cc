#include "base/work_order.h"

namespace likeness {

namespace {

// The turns that belong to a class, far from each other, so that neither waits for the other's.
constexpr std::size_t turns = 10;
constexpr std::size_t interactive_turn = 4;
constexpr std::size_t batch_turn = 9;

}  // namespace

std::optional<WorkClass> WorkOrder::next(const PerWorkClass<std::size_t>& waiting) {
  const auto waits = [&](WorkClass work_class) { return waiting[index_of(work_class)] > 0; };
  std::optional<WorkClass> chosen;
  if (turn_ == interactive_turn && waits(WorkClass::interactive)) {
    chosen = WorkClass::interactive;
  } else if (turn_ == batch_turn && waits(WorkClass::batch)) {
    chosen = WorkClass::batch;
  } else {
    for (const WorkClass ranked : {WorkClass::live, WorkClass::interactive, WorkClass::batch}) {
      if (!waits(ranked)) continue;
      chosen = ranked;
      break;
    }
  }
  if (chosen) turn_ = (turn_ + 1) % turns;
  return chosen;
}

}  // namespace likeness
