#include "app/gallery_upkeep.h"

namespace likeness::app {

GalleryUpkeep::GalleryUpkeep(GalleryServices& gallery) : gallery_(gallery), thread_([this] { work(); }) {}

GalleryUpkeep::~GalleryUpkeep() {
  stopping_ = true;
  gallery_.bell().ring();
  thread_.join();
}

void GalleryUpkeep::work() {
  const auto goes_on = [this] { return !stopping_; };
  // First at once: rows of a collection whose deletion was interrupted may be left.
  while (goes_on()) {
    gallery_.tend(goes_on);
    gallery_.bell().wait_until(std::chrono::steady_clock::now() + interval);
  }
}

}  // namespace likeness::app
