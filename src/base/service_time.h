// How long a piece of work takes, from those that were done: an exponentially weighted mean, in which the last
// sixteen weigh about as much as all before them.
//
// Thread rule: thread-compatible.
#pragma once

namespace likeness {

class ServiceTime {
 public:
  // `seconds` >= 0. The first one is the mean.
  void observe(double seconds) {
    mean_ = known_ ? mean_ + (seconds - mean_) * weight : seconds;
    known_ = true;
  }

  // Seconds; 0 until something was observed.
  [[nodiscard]] double mean() const { return mean_; }

 private:
  static constexpr double weight = 1.0 / 16;
  double mean_ = 0;
  bool known_ = false;
};

}  // namespace likeness
