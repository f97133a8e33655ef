// Monotonic time, waiting, and chance: what deadlines and retries need, injected so that tests wait for nothing.
//
// Thread rule: implementations may be called from any thread.
#pragma once

#include "base/time.h"

namespace likeness::remote {

class Pacer {
 public:
  Pacer() = default;
  Pacer(const Pacer&) = delete;
  Pacer& operator=(const Pacer&) = delete;
  virtual ~Pacer() = default;
  // Since some fixed moment; never set back.
  [[nodiscard]] virtual Micros now() const = 0;
  // Blocks the calling thread.
  virtual void sleep(Micros time) = 0;
  // Evenly distributed in [0, 1).
  [[nodiscard]] virtual double chance() = 0;
};

class SystemPacer final : public Pacer {
 public:
  [[nodiscard]] Micros now() const override;
  void sleep(Micros time) override;
  [[nodiscard]] double chance() override;
};

}  // namespace likeness::remote
