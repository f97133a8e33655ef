// Three classes of work and whose turn it is: live frames before requests of people and programs, those before
// batch jobs, and none of them starves.
//
// Of every ten turns one belongs to interactive work and one to batch work, whatever else waits. The other eight, and
// those two if their owner has nothing waiting, go by rank. So within any ten turns in a row each class that waited
// all the time was served, and live work gets eight of ten at least. Turns are counted, not seconds: a batch task that
// takes ten times as long as a frame takes ten times the share, so jobs hand their work over in pieces of one picture.
//
// Thread rule: thread-compatible.
#pragma once

#include <array>
#include <cstddef>
#include <optional>

namespace likeness {

// By rank.
enum class WorkClass {
  live,         // a frame of a running camera: late is worthless
  interactive,  // somebody waits for the answer
  batch,        // stored videos, bulk jobs
};

inline constexpr std::size_t work_class_count = 3;

// One value for each class, in the order of WorkClass.
template <typename T>
using PerWorkClass = std::array<T, work_class_count>;

[[nodiscard]] constexpr std::size_t index_of(WorkClass work_class) { return static_cast<std::size_t>(work_class); }

class WorkOrder {
 public:
  // The class that is served next, of those of which something waits; empty, and no turn has passed, if nothing waits.
  [[nodiscard]] std::optional<WorkClass> next(const PerWorkClass<std::size_t>& waiting);

 private:
  std::size_t turn_ = 0;  // 0 to 9
};

}  // namespace likeness
