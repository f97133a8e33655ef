#include "evaluate/identification.h"

#include <algorithm>
#include <map>
#include <random>
#include <string>
#include <utility>

#include "evaluate/for_each_index.h"
namespace likeness::evaluate {

namespace {

constexpr std::size_t strangers_of = 5;  // one person of so many

struct Draw {
  std::vector<std::size_t> gallery;    // pictures, one a person
  std::vector<std::size_t> probes;     // other pictures of the same people
  std::vector<std::size_t> strangers;  // pictures, one a person
};

struct Best {
  float cosine = -2;
  std::size_t picture = 0;
};

using People = std::map<std::string, std::vector<std::size_t>>;

Draw draw_from(const People& people, unsigned seed) {
  std::mt19937 random(seed);  // NOLINT(cert-msc32-c,cert-msc51-cpp): the same draw every time
  std::vector<const std::vector<std::size_t>*> order;
  for (const auto& [name, pictures] : people) order.push_back(&pictures);
  std::shuffle(order.begin(), order.end(), random);
  Draw draw;
  const std::size_t strangers = order.size() / strangers_of;
  for (std::size_t i = 0; i < order.size(); ++i) {
    const std::vector<std::size_t>& own = *order[i];
    if (i < strangers) {
      draw.strangers.push_back(own.front());
    } else {
      draw.gallery.push_back(own.front());
      draw.probes.insert(draw.probes.end(), own.begin() + 1, own.end());
    }
  }
  return draw;
}

Best best_in(const std::vector<EmbeddedPicture>& pictures, const IgnoredPairs& ignored,
             const std::vector<std::size_t>& gallery, std::size_t probe) {
  Best best;
  for (const std::size_t candidate : gallery) {
    const float cosine = cosine_of(pictures[probe], pictures[candidate]);
    if (cosine > best.cosine && !is_ignored(pictures[probe], pictures[candidate], ignored)) best = {cosine, candidate};
  }
  return best;
}

// The best match of each probe.
std::vector<Best> search_all(const std::vector<EmbeddedPicture>& pictures, const IgnoredPairs& ignored,
                             const std::vector<std::size_t>& gallery, const std::vector<std::size_t>& probes,
                             std::size_t threads) {
  std::vector<Best> found(probes.size());
  for_each_index(probes.size(), threads,
                 [&](std::size_t i) { found[i] = best_in(pictures, ignored, gallery, probes[i]); });
  return found;
}

}  // namespace

Identification identify_all(const std::vector<EmbeddedPicture>& pictures, const IgnoredPairs& ignored,
                            const embed::Calibration& calibration, const std::vector<float>& similarities,
                            std::size_t draws, std::size_t threads) {
  People people;
  for (std::size_t i = 0; i < pictures.size(); ++i) people[pictures[i].picture.person].push_back(i);
  Identification result;
  result.draws = draws;
  for (const float similarity : similarities) result.at.push_back({.similarity = similarity});
  for (std::size_t number = 0; number < draws; ++number) {
    const Draw draw = draw_from(people, static_cast<unsigned>(number + 1));
    result.gallery = draw.gallery.size();
    result.strangers = draw.strangers.size();
    const std::vector<Best> known = search_all(pictures, ignored, draw.gallery, draw.probes, threads);
    const std::vector<Best> unknown = search_all(pictures, ignored, draw.gallery, draw.strangers, threads);
    for (std::size_t i = 0; i < known.size(); ++i) {
      const bool right =
          known[i].cosine > -1 && pictures[known[i].picture].picture.person == pictures[draw.probes[i]].picture.person;
      ++result.rank_1.of;
      result.rank_1.count += right ? 1U : 0U;
      for (SearchAt& at : result.at) {
        const bool reached = known[i].cosine >= calibration.cosine(at.similarity);
        ++at.identified.of;
        ++at.misnamed.of;
        at.identified.count += reached && right ? 1U : 0U;
        at.misnamed.count += reached && !right ? 1U : 0U;
      }
    }
    for (const Best& best : unknown) {
      for (SearchAt& at : result.at) {
        ++at.strangers.of;
        at.strangers.count += best.cosine >= calibration.cosine(at.similarity) ? 1U : 0U;
      }
    }
  }
  return result;
}

}  // namespace likeness::evaluate
