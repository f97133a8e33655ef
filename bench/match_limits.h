// What the machine itself can do, measured in the same run as what is compared with it: the limits of match_bench and
// pack_bench.
//
// Thread rule: free functions.
#pragma once

#include <cstddef>
#include <functional>
#include <string>

namespace likeness::bench {

// Runs `work(0)` .. `work(threads - 1)` at the same time, the last one on the calling thread.
void on_threads(std::size_t threads, const std::function<void(std::size_t)>& work);

// The shortest of some runs, in seconds.
double best_seconds(int rounds, const std::function<void()>& work);

// Memory of large pages where the system gives them, written once.
class PlainMemory {
 public:
  explicit PlainMemory(std::size_t bytes);
  ~PlainMemory();
  PlainMemory(const PlainMemory&) = delete;
  PlainMemory& operator=(const PlainMemory&) = delete;

  // Reads all of it with as many threads, a contiguous part each, and does nothing else.
  void read(std::size_t threads) const;

 private:
  std::size_t bytes_;
  std::byte* memory_;
};

struct Peak {
  std::string unit;       // the widest unit of this CPU that is measured (never AMX); "none": there is none
  double operations = 0;  // a second: a multiplication and an addition count as two
};

// Nothing but multiply-and-add in registers, of int8, bfloat16 or f32.
Peak int8_peak(std::size_t threads);
Peak bf16_peak(std::size_t threads);
Peak f32_peak(std::size_t threads);

}  // namespace likeness::bench
