// A thread that tends to the gallery beside the requests: at the start, every ten minutes and when the gallery's bell
// rings it removes the rows of collections that were deleted, finishes erasures that a disk has interrupted, and writes
// snapshots of indexes that have changed, so that a start after a crash is quick too.
//
// Thread rule: made and destroyed on one thread. Ownership: the gallery outlives it.
#pragma once

#include <atomic>
#include <chrono>
#include <thread>

#include "app/gallery_services.h"

namespace likeness::app {

class GalleryUpkeep {
 public:
  static constexpr std::chrono::minutes interval{10};

  explicit GalleryUpkeep(GalleryServices& gallery);
  ~GalleryUpkeep();  // waits for the step that is under way
  GalleryUpkeep(const GalleryUpkeep&) = delete;
  GalleryUpkeep& operator=(const GalleryUpkeep&) = delete;

 private:
  void work();

  GalleryServices& gallery_;
  std::atomic<bool> stopping_ = false;
  std::thread thread_;  // last: it uses all of the above
};

}  // namespace likeness::app
