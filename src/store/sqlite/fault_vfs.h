// A disk that fails on demand, for tests: a shim between SQLite and the operating system's files.
//
// It keeps two pictures of each file: what was synced, and what was written since. At a simulated loss of power any
// part of what was written since may be on the disk, in any order, torn at sectors. (LevelDB's fault_injection_test
// does this for its files.) It never syncs the real files: a test's disk is quick.
//
// Linked into tests only. Thread rule: all methods may be called from any thread.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <random>
#include <string>

namespace likeness::store {

class FaultVfs {
 public:
  FaultVfs();
  ~FaultVfs();
  FaultVfs(const FaultVfs&) = delete;
  FaultVfs& operator=(const FaultVfs&) = delete;

  // What to open a database with.
  [[nodiscard]] const std::string& name() const;

  // Writes, truncations and syncs so far: the instants at which a disk can fail.
  [[nodiscard]] std::uint64_t steps() const;

  // Of any file, so far: what a call costs, without a clock.
  [[nodiscard]] std::uint64_t reads() const;

  // The power goes at step `step`, counted from the start: it and everything after it fails and leaves no trace.
  void cut_power_at(std::uint64_t step);
  [[nodiscard]] bool power_is_cut() const;

  // Step `step` fails once with SQLite's `code`, nothing of it done, and so do the `more` steps that follow it.
  void fail_at(std::uint64_t step, int code, std::uint64_t more = 0);
  // All steps fail with `code` until it is 0 again.
  void fail_all(int code);

  // Writes the files as a machine would find them after the loss of power into `folder`: all that was synced, and of
  // the rest what `random` leaves.
  void write_survivors(const std::filesystem::path& folder, std::mt19937& random) const;

  struct Layer;  // of the .cc file

 private:
  std::unique_ptr<Layer> layer_;
};

}  // namespace likeness::store
