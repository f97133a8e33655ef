// Outputs of a network that nobody trained. Tests only.
#pragma once

#include <cstddef>
#include <random>
#include <vector>

namespace likeness::detect {

// `count` floats from low to high, each as likely.
inline std::vector<float> random_floats(std::size_t count, float low, float high, std::mt19937& random) {
  std::uniform_real_distribution<float> distribution(low, high);
  std::vector<float> values(count);
  for (float& value : values) value = distribution(random);
  return values;
}

}  // namespace likeness::detect
