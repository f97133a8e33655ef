// Unit vectors that behave like embeddings: strangers about 0 apart in cosine, pictures of one person about 0.56.
// For tests and benchmarks.
#pragma once

#include <cmath>
#include <cstddef>
#include <random>
#include <vector>

namespace likeness::match {

class RandomVectors {
 public:
  explicit RandomVectors(std::size_t dimension, unsigned seed = 1) : dimension_(dimension), random_(seed) {}

  [[nodiscard]] std::vector<float> stranger() { return unit(gaussian()); }

  // Another picture of the person whose vector this is. `cosine` is the expected one.
  [[nodiscard]] std::vector<float> same_person(const std::vector<float>& vector, float cosine = 0.56F) {
    const std::vector<float> noise = stranger();
    std::vector<float> mixed(dimension_);
    const float rest = std::sqrt(1 - cosine * cosine);
    for (std::size_t i = 0; i < dimension_; ++i) mixed[i] = cosine * vector[i] + rest * noise[i];
    return unit(std::move(mixed));
  }

  [[nodiscard]] std::mt19937& random() { return random_; }

 private:
  std::vector<float> gaussian() {
    std::normal_distribution<float> normal;
    std::vector<float> values(dimension_);
    for (float& value : values) value = normal(random_);
    return values;
  }
  static std::vector<float> unit(std::vector<float> values) {
    double sum = 0;
    for (const float value : values) sum += double{value} * double{value};
    const auto length = static_cast<float>(std::sqrt(sum));
    for (float& value : values) value /= length;
    return values;
  }

  const std::size_t dimension_;
  std::mt19937 random_;
};

}  // namespace likeness::match
