// The same work for each of many things, on some threads.
//
// Thread rule: starts threads of its own and joins them.
#pragma once

#include <atomic>
#include <cstddef>
#include <thread>
#include <vector>

namespace likeness::evaluate {

// Calls work(0) to work(count - 1), each once, on `threads` threads (at least this one). It must not throw.
template <typename Work>
void for_each_index(std::size_t count, std::size_t threads, const Work& work) {
  std::atomic<std::size_t> next = 0;
  const auto run = [&] {
    for (std::size_t i = next++; i < count; i = next++) work(i);
  };
  std::vector<std::thread> others;
  for (std::size_t i = 1; i < threads; ++i) others.emplace_back(run);
  run();
  for (std::thread& other : others) other.join();
}

}  // namespace likeness::evaluate
