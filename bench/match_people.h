// A crowd for the benchmarks of search: unit vectors of people with some faces each, made quickly and the same every
// time. Strangers are about 0 apart in cosine, faces of one person about 0.56, as embeddings are.
//
// Thread rule: const methods may be called from any thread.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace likeness::bench {

class People {
 public:
  static constexpr std::size_t faces_of_person = 10;

  explicit People(std::size_t dimension) : dimension_(dimension) {}

  // Face `number` is one of person `number % people`, so neighbours in memory are strangers.
  [[nodiscard]] std::vector<float> face(std::uint64_t number, std::uint64_t people) const {
    constexpr float likeness_to_person = 0.75F;  // squared: that of two faces
    const float rest = std::sqrt(1 - likeness_to_person * likeness_to_person);
    std::vector<float> person = unit(2 * (number % people));
    const std::vector<float> own = unit(2 * number + 1);
    for (std::size_t i = 0; i < dimension_; ++i) person[i] = likeness_to_person * person[i] + rest * own[i];
    normalise(person);
    return person;
  }

 private:
  // Sums of four uniform numbers, which are nearly normal; SplitMix64 (Steele, Lea, Flood, 2014) makes them.
  [[nodiscard]] std::vector<float> unit(std::uint64_t seed) const {
    std::vector<float> values(dimension_);
    const std::uint64_t start = seed * dimension_;
    for (std::size_t i = 0; i < dimension_; ++i) {
      std::uint64_t bits = (start + i + 1) * 0x9e3779b97f4a7c15ULL;
      bits = (bits ^ (bits >> 30)) * 0xbf58476d1ce4e5b9ULL;
      bits = (bits ^ (bits >> 27)) * 0x94d049bb133111ebULL;
      bits ^= bits >> 31;
      const auto sum =
          static_cast<std::int32_t>((bits & 0xffff) + (bits >> 16 & 0xffff) + (bits >> 32 & 0xffff) + (bits >> 48));
      values[i] = static_cast<float>(sum - 2 * 0xffff);
    }
    normalise(values);
    return values;
  }
  static void normalise(std::vector<float>& values) {
    float sum = 0;
    for (const float value : values) sum += value * value;
    const float scale = 1 / std::sqrt(sum);
    for (float& value : values) value *= scale;
  }

  const std::size_t dimension_;
};

}  // namespace likeness::bench
