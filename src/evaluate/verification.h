// One to one: are two pictures of one person? Every picture is compared with every other.
//
// A picture without a face matches nobody: it counts as a comparison with the cosine -1, so that a system that finds
// few faces does not look better than one that finds them all.
//
// Thread rule: free functions; compare_all() starts threads of its own and joins them.
#pragma once

#include <cstddef>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "embed/calibration.h"
#include "evaluate/embedded_pictures.h"
#include "evaluate/proportion.h"
#include "evaluate/score_histogram.h"

namespace likeness::evaluate {

// Pairs of names that are counted in neither class: labels that are known to be wrong. Each with the smaller name
// first.
using IgnoredPairs = std::set<std::pair<std::string, std::string>>;

struct Comparisons {
  ScoreHistogram same;
  ScoreHistogram different;
};

[[nodiscard]] Comparisons compare_all(const std::vector<EmbeddedPicture>& pictures, const IgnoredPairs& ignored,
                                      std::size_t threads);

[[nodiscard]] bool is_ignored(const EmbeddedPicture& a, const EmbeddedPicture& b, const IgnoredPairs& ignored);

// As a server compares them: what the sharper of the two makes of the distance included.
[[nodiscard]] float cosine_of(const EmbeddedPicture& a, const EmbeddedPicture& b);

// Which share of the pairs of one person match at the threshold that lets this share of the pairs of different people
// pass.
struct TrueMatchRate {
  double false_match_rate = 0;
  float cosine = 0;  // the threshold
  Proportion true_matches = {};
  bool supported = false;  // at least ten pairs of different people lie above the threshold
};
[[nodiscard]] TrueMatchRate true_match_rate(const Comparisons& comparisons, double false_match_rate);

// What happens at a Similarity that a client may ask for.
struct AtSimilarity {
  float similarity = 0;
  float cosine = 0;
  Proportion false_matches = {};
  Proportion true_matches = {};
};
[[nodiscard]] AtSimilarity at_similarity(const Comparisons& comparisons, const embed::Calibration& calibration,
                                         float similarity);

// A point of the detection error trade-off curve.
struct DetPoint {
  double false_match_rate = 0;
  double false_non_match_rate = 0;
};
// From few false matches to many, at most `points`; logarithmic in the false-match rate.
[[nodiscard]] std::vector<DetPoint> det_curve(const Comparisons& comparisons, std::size_t points);

// Which share of pairs is judged rightly, fold by fold, each with the threshold that is best on the others. Source: the
// protocol of Labeled Faces in the Wild (Huang et al., 2007), View 2. Precondition: folds are numbered from 0 without
// gaps, and there are two at least.
[[nodiscard]] std::vector<double> accuracy_by_folds(const std::vector<LabelledPair>& pairs,
                                                    const std::vector<EmbeddedPicture>& pictures);

// Pairs where nobody made a list: up to `most` of each kind, as many different ones as same ones, drawn by chance that
// is the same every time; ten folds, no person in two of them. Empty if there are too few people.
[[nodiscard]] std::vector<LabelledPair> draw_pairs(const std::vector<EmbeddedPicture>& pictures, std::size_t most);

}  // namespace likeness::evaluate
