// A pacer for tests: time passes only when somebody sleeps, and chance is what the test says.
//
// Thread rule: one thread at a time.
#pragma once

#include <vector>

#include "remote/pacer.h"

namespace likeness::remote {

class ManualPacer final : public Pacer {
 public:
  [[nodiscard]] Micros now() const override { return now_; }
  void sleep(Micros time) override {
    sleeps.push_back(time);
    now_ += time;
  }
  [[nodiscard]] double chance() override { return next_chance; }

  std::vector<Micros> sleeps;
  double next_chance = 0.5;

 private:
  Micros now_{1000};
};

}  // namespace likeness::remote
