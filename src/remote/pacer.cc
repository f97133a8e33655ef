#include "remote/pacer.h"

#include <array>
#include <thread>

#include "base/crypto.h"

namespace likeness::remote {

Micros SystemPacer::now() const {
  return std::chrono::duration_cast<Micros>(std::chrono::steady_clock::now().time_since_epoch());
}

void SystemPacer::sleep(Micros time) { std::this_thread::sleep_for(time); }

double SystemPacer::chance() {
  std::array<std::uint8_t, 2> random{};
  random_fill(random);
  return (random[0] * 256 + random[1]) / 65536.0;
}

}  // namespace likeness::remote
