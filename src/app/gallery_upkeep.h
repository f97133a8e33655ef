// A thread that tends to the gallery beside the requests: every ten minutes it finishes deletions that a disk has
// interrupted, and writes snapshots of indexes that have changed, so that a start after a crash is quick too.
//
// Thread rule: made and destroyed on one thread. Ownership: the gallery outlives it.
#pragma once

#include <chrono>
#include <condition_variable>
#include <thread>

#include "app/gallery_services.h"
#include "base/thread_annotations.h"

namespace likeness::app {

class GalleryUpkeep {
 public:
  static constexpr std::chrono::minutes interval{10};

  explicit GalleryUpkeep(GalleryServices& gallery);
  ~GalleryUpkeep();  // waits for what is under way
  GalleryUpkeep(const GalleryUpkeep&) = delete;
  GalleryUpkeep& operator=(const GalleryUpkeep&) = delete;

 private:
  void work();

  GalleryServices& gallery_;
  Mutex mutex_;
  std::condition_variable_any stopped_;
  bool stopping_ GUARDED_BY(mutex_) = false;
  std::thread thread_;  // last: it uses all of the above
};

}  // namespace likeness::app
