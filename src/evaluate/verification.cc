#include "evaluate/verification.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <iterator>
#include <map>
#include <numeric>
#include <random>
#include <thread>

namespace likeness::evaluate {

namespace {

constexpr std::uint64_t pairs_that_support = 10;
constexpr int drawn_folds = 10;

float similarity_of(const std::vector<float>& a, const std::vector<float>& b) {
  return std::inner_product(a.begin(), a.end(), b.begin(), 0.0F);
}

struct Judged {
  float cosine;
  bool same;
  int fold;
};

// Of pairs rising by cosine: the threshold at which most are judged rightly, in the middle between two of them; the
// lowest, if several are as good.
float best_threshold(const std::vector<Judged>& rising) {
  std::int64_t right = std::count_if(rising.begin(), rising.end(), [](const Judged& pair) { return pair.same; });
  std::int64_t best = right;  // below all of them
  float threshold = -1;
  for (std::size_t i = 0; i < rising.size(); ++i) {
    right += rising[i].same ? -1 : 1;  // the threshold is above this one now
    const bool is_last = i + 1 == rising.size();
    const float next = is_last ? rising[i].cosine + 1 : rising[i + 1].cosine;
    if (next > rising[i].cosine && right > best) {
      best = right;
      threshold = (rising[i].cosine + next) / 2;
    }
  }
  return threshold;
}

}  // namespace

bool is_ignored(const EmbeddedPicture& a, const EmbeddedPicture& b, const IgnoredPairs& ignored) {
  if (ignored.empty()) return false;
  const std::pair<std::string, std::string> names = std::minmax(a.picture.name, b.picture.name);
  return ignored.contains(names);
}

float cosine_of(const EmbeddedPicture& a, const EmbeddedPicture& b) {
  if (a.embedding.empty() || b.embedding.empty()) return -1;
  const float cosine = similarity_of(a.embedding, b.embedding);
  return embed::stretched(cosine, std::min(a.distance_factor, b.distance_factor));
}

Comparisons compare_all(const std::vector<EmbeddedPicture>& pictures, const IgnoredPairs& ignored,
                        std::size_t threads) {
  std::vector<Comparisons> parts(std::max<std::size_t>(1, threads));
  std::atomic<std::size_t> next = 0;
  const auto work = [&](Comparisons& part) {
    for (std::size_t i = next++; i < pictures.size(); i = next++) {
      for (std::size_t j = i + 1; j < pictures.size(); ++j) {
        if (is_ignored(pictures[i], pictures[j], ignored)) continue;
        const bool same = pictures[i].picture.person == pictures[j].picture.person;
        (same ? part.same : part.different).add(cosine_of(pictures[i], pictures[j]));
      }
    }
  };
  std::vector<std::thread> workers;
  for (std::size_t i = 1; i < parts.size(); ++i) workers.emplace_back(work, std::ref(parts[i]));
  work(parts.front());
  for (std::thread& worker : workers) worker.join();
  Comparisons all = std::move(parts.front());
  for (std::size_t i = 1; i < parts.size(); ++i) {
    all.same.add(parts[i].same);
    all.different.add(parts[i].different);
  }
  return all;
}

TrueMatchRate true_match_rate(const Comparisons& comparisons, double false_match_rate) {
  const auto allowed = static_cast<std::uint64_t>(false_match_rate * static_cast<double>(comparisons.different.size()));
  TrueMatchRate rate{.false_match_rate = false_match_rate, .true_matches = {}};
  rate.cosine = comparisons.different.least_cosine_reached_by(allowed);
  rate.true_matches = {comparisons.same.at_or_above(rate.cosine), comparisons.same.size()};
  rate.supported = allowed >= pairs_that_support;
  return rate;
}

AtSimilarity at_similarity(const Comparisons& comparisons, const embed::Calibration& calibration, float similarity) {
  AtSimilarity at{.similarity = similarity, .cosine = calibration.cosine(similarity)};
  at.false_matches = {comparisons.different.at_or_above(at.cosine), comparisons.different.size()};
  at.true_matches = {comparisons.same.at_or_above(at.cosine), comparisons.same.size()};
  return at;
}

std::vector<DetPoint> det_curve(const Comparisons& comparisons, std::size_t points) {
  std::vector<DetPoint> curve;
  const auto all = static_cast<double>(comparisons.different.size());
  if (all < 1 || comparisons.same.size() == 0 || points < 2) return curve;
  for (std::size_t i = 0; i < points; ++i) {
    const double part = static_cast<double>(i) / static_cast<double>(points - 1);
    const auto allowed = static_cast<std::uint64_t>(std::pow(all, part));  // 1 to all
    const float cosine = comparisons.different.least_cosine_reached_by(allowed);
    const Proportion passed{comparisons.different.at_or_above(cosine), comparisons.different.size()};
    const Proportion matched{comparisons.same.at_or_above(cosine), comparisons.same.size()};
    const DetPoint point{passed.value(), 1 - matched.value()};
    const bool is_new = curve.empty() || point.false_match_rate > curve.back().false_match_rate;
    if (point.false_match_rate > 0 && is_new) curve.push_back(point);
  }
  return curve;
}

std::vector<double> accuracy_by_folds(const std::vector<LabelledPair>& pairs,
                                      const std::vector<EmbeddedPicture>& pictures) {
  std::vector<Judged> judged;
  int folds = 0;
  for (const LabelledPair& pair : pairs) {
    judged.push_back({cosine_of(pictures[pair.a], pictures[pair.b]), pair.same, pair.fold});
    folds = std::max(folds, pair.fold + 1);
  }
  std::sort(judged.begin(), judged.end(), [](const Judged& a, const Judged& b) { return a.cosine < b.cosine; });
  std::vector<double> accuracies;
  for (int fold = 0; fold < folds; ++fold) {
    std::vector<Judged> others;
    std::copy_if(judged.begin(), judged.end(), std::back_inserter(others),
                 [fold](const Judged& pair) { return pair.fold != fold; });
    const float threshold = best_threshold(others);
    Proportion right;
    for (const Judged& pair : judged) {
      if (pair.fold != fold) continue;
      ++right.of;
      right.count += (pair.cosine >= threshold) == pair.same ? 1U : 0U;
    }
    accuracies.push_back(right.value());
  }
  return accuracies;
}

std::vector<LabelledPair> draw_pairs(const std::vector<EmbeddedPicture>& pictures, std::size_t most) {
  std::map<std::string, std::vector<std::size_t>> people;
  for (std::size_t i = 0; i < pictures.size(); ++i) people[pictures[i].picture.person].push_back(i);
  std::vector<std::vector<std::size_t>> of_fold(drawn_folds);  // pictures
  std::vector<LabelledPair> pairs;
  std::map<std::string, int> fold_of;
  int next = 0;
  for (const auto& [person, own] : people) {
    const int fold = next++ % drawn_folds;
    fold_of[person] = fold;
    std::vector<std::size_t>& all = of_fold[static_cast<std::size_t>(fold)];
    all.insert(all.end(), own.begin(), own.end());
    for (std::size_t i = 0; i + 1 < own.size(); ++i) pairs.push_back({own[i], own[i + 1], true, fold});
  }
  std::mt19937 random(1);  // NOLINT(cert-msc32-c,cert-msc51-cpp): the same draw every time
  std::shuffle(pairs.begin(), pairs.end(), random);
  if (pairs.size() > most) pairs.resize(most);
  const std::size_t same = pairs.size();
  for (std::size_t drawn = 0, tries = 0; drawn < same && tries < 100 * same; ++tries) {
    const std::vector<std::size_t>& fold = of_fold[tries % drawn_folds];
    if (fold.empty()) continue;
    std::uniform_int_distribution<std::size_t> any(0, fold.size() - 1);
    const std::size_t a = fold[any(random)];
    const std::size_t b = fold[any(random)];
    if (pictures[a].picture.person == pictures[b].picture.person) continue;
    pairs.push_back({a, b, false, static_cast<int>(tries % drawn_folds)});
    ++drawn;
  }
  std::set<int> used;
  for (const LabelledPair& pair : pairs) used.insert(pair.fold);
  const bool enough = used.size() == drawn_folds && pairs.size() == 2 * same && same >= drawn_folds;
  return enough ? pairs : std::vector<LabelledPair>();
}

}  // namespace likeness::evaluate
