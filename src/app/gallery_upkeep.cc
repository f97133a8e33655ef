#include "app/gallery_upkeep.h"

namespace likeness::app {

GalleryUpkeep::GalleryUpkeep(GalleryServices& gallery) : gallery_(gallery), thread_([this] { work(); }) {}

GalleryUpkeep::~GalleryUpkeep() {
  {
    const MutexLock lock(mutex_);
    stopping_ = true;
  }
  stopped_.notify_all();
  thread_.join();
}

void GalleryUpkeep::work() {
  auto next = std::chrono::steady_clock::now() + interval;
  while (true) {
    {
      MutexLock lock(mutex_);
      while (!stopping_ && std::chrono::steady_clock::now() < next) lock.wait_until(stopped_, next);
      if (stopping_) return;
    }
    gallery_.tend();
    next = std::chrono::steady_clock::now() + interval;
  }
}

}  // namespace likeness::app
