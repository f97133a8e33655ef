// What an import tells at its end, and while it runs.
//
// Thread rule: thread-safe.
#pragma once

#include <cstddef>
#include <ostream>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/thread_annotations.h"

namespace likeness::importer {

struct Counts {
  std::size_t people = 0;      // whose folders were looked through
  std::size_t seen = 0;        // pictures and other files looked at
  std::size_t before = 0;      // of them, done by an earlier run
  std::size_t associated = 0;  // faces that are a person's now, those of before included
  std::size_t refused = 0;
};

// What did not come in, or came in with something to say about it.
struct Remark {
  std::string path;  // below the folder that was imported
  bool refused = true;
  std::string reason;  // in words, with what to do
};

// A folder whose name is no UserId, and the one that it was given.
struct Renamed {
  std::string folder;
  std::string user_id;
};

class Report {
 public:
  // Remarks that are kept, and renamed folders; more are counted.
  static constexpr std::size_t most_remarks = 100'000;

  void add_person();
  void add_renamed(std::string folder, std::string user_id);
  void add_seen(bool before);
  void add_associated();
  void refuse(std::string path, std::string reason);
  // It came in; somebody may want to know.
  void note(std::string path, std::string reason);

  [[nodiscard]] Counts counts() const;
  // Sorted by path.
  [[nodiscard]] std::vector<Remark> remarks() const;
  // Sorted by folder.
  [[nodiscard]] std::vector<Renamed> renamed() const;
  // {"version": 1, "collection", "people", "pictures", "done_before", "faces", "refused", "stopped": "" or why,
  //  "user_ids": [{"folder", "user_id"}] of folders whose names are no UserId, "remarks": [{"path", "refused",
  //  "reason"}]}. Of names that are not UTF-8, U+FFFD stands for the bytes that are none.
  [[nodiscard]] std::string json(const std::string& collection, const std::string& stopped) const;
  // For people: counts, and the first remarks. Nothing in it steers a terminal.
  void write_summary(std::ostream& out) const;
  // The first remarks alone, and how many more there are.
  void write_remarks(std::ostream& out) const;

 private:
  mutable Mutex mutex_;
  Counts counts_ GUARDED_BY(mutex_);
  std::vector<Remark> remarks_ GUARDED_BY(mutex_);
  std::size_t renamed_count_ GUARDED_BY(mutex_) = 0;
  std::vector<Renamed> renamed_ GUARDED_BY(mutex_);
};

}  // namespace likeness::importer
