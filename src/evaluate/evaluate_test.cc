// Rates, curves, folds and searches against plain computations on made-up vectors.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "evaluate/faces_report.h"
#include "evaluate/groups_report.h"
#include "evaluate/identification.h"
#include "evaluate/search_report.h"

namespace likeness::evaluate {
namespace {

using testing::HasSubstr;

embed::Calibration calibration() {
  return embed::Calibration::create({{.false_match_rate = 0.1, .cosine = 0.2F, .similarity = 50},
                                     {.false_match_rate = 0.001, .cosine = 0.5F, .similarity = 80},
                                     {.false_match_rate = 0.0001, .cosine = 0.7F, .similarity = 99}})
      .value();
}

std::vector<float> unit(std::vector<float> vector) {
  float sum = 0;
  for (const float value : vector) sum += value * value;
  for (float& value : vector) value /= std::sqrt(sum);
  return vector;
}

// Pictures of people whose faces are 0.6 apart in cosine; every tenth has no face.
std::vector<EmbeddedPicture> crowd(std::size_t people, std::size_t each, std::size_t dimension = 64) {
  std::mt19937 random(3);  // NOLINT(cert-msc32-c,cert-msc51-cpp): the same crowd every time
  std::normal_distribution<float> normal;
  std::vector<EmbeddedPicture> pictures;
  for (std::size_t person = 0; person < people; ++person) {
    std::vector<float> centre(dimension);
    for (float& value : centre) value = normal(random);
    for (std::size_t i = 0; i < each; ++i) {
      std::vector<float> face = centre;
      for (float& value : face) value += 0.8F * normal(random);
      EmbeddedPicture picture;
      picture.picture.person = "p" + std::to_string(person);
      picture.picture.name = picture.picture.person + "/" + std::to_string(i);
      picture.picture.group = person % 2 == 0 ? "even" : "odd";
      if (pictures.size() % 10 == 9) {
        picture.problem = "no face was found";
      } else {
        picture.embedding = unit(face);
      }
      pictures.push_back(picture);
    }
  }
  return pictures;
}

struct Plain {
  std::vector<float> same;
  std::vector<float> different;
};

Plain plain_comparisons(const std::vector<EmbeddedPicture>& pictures) {
  Plain plain;
  for (std::size_t i = 0; i < pictures.size(); ++i) {
    for (std::size_t j = i + 1; j < pictures.size(); ++j) {
      const bool same = pictures[i].picture.person == pictures[j].picture.person;
      (same ? plain.same : plain.different).push_back(cosine_of(pictures[i], pictures[j]));
    }
  }
  return plain;
}

std::uint64_t reaching(const std::vector<float>& values, float cosine) {
  return static_cast<std::uint64_t>(
      std::count_if(values.begin(), values.end(), [&](float value) { return value >= cosine; }));
}

TEST(ScoreHistogramTest, AgreesWithASortedList) {
  std::mt19937 random(1);  // NOLINT(cert-msc32-c,cert-msc51-cpp): the same values every time
  std::normal_distribution<float> normal(0.1F, 0.3F);
  ScoreHistogram histogram;
  ScoreHistogram half;
  std::vector<float> values;
  for (int i = 0; i < 5000; ++i) {
    // On steps, so that rounding does not matter.
    const float value = std::round(std::clamp(normal(random), -1.0F, 1.0F) * ScoreHistogram::steps_of_one) /
                        ScoreHistogram::steps_of_one;
    values.push_back(value);
    (i % 2 == 0 ? histogram : half).add(value);
  }
  histogram.add(half);
  std::sort(values.begin(), values.end());
  EXPECT_EQ(histogram.size(), 5000U);
  EXPECT_EQ(histogram.smallest(), values.front());
  EXPECT_EQ(histogram.largest(), values.back());
  for (const std::size_t most : {0U, 1U, 7U, 100U, 2500U, 4999U, 5000U}) {
    const float threshold = histogram.least_cosine_reached_by(most);
    EXPECT_LE(reaching(values, threshold), most);
    EXPECT_GT(reaching(values, threshold - 1.0F / ScoreHistogram::steps_of_one) + (most == 5000U ? 1U : 0U), most);
    EXPECT_EQ(histogram.at_or_above(threshold), reaching(values, threshold));
  }
  ScoreHistogram odd;
  odd.add(std::nanf(""));
  odd.add(1.00001F);
  odd.add(-1.00001F);
  EXPECT_EQ(odd.at_or_above(1), 1U);
  EXPECT_EQ(odd.at_or_above(-1), 3U);
}

// Wilson's interval of 0 of 10, 5 of 10 and 81 of 263: the last is a worked example of the literature (Newcombe, 1998).
TEST(ProportionTest, WilsonsInterval) {
  EXPECT_NEAR(wilson_interval({0, 10}).high, 0.2775, 1e-4);
  EXPECT_NEAR(wilson_interval({5, 10}).low, 0.2366, 1e-4);
  EXPECT_NEAR(wilson_interval({81, 263}).low, 0.2553, 1e-4);
  EXPECT_NEAR(wilson_interval({81, 263}).high, 0.3662, 1e-4);
  EXPECT_EQ(wilson_interval({0, 0}).high, 1);
  EXPECT_EQ(wilson_interval({0, 10}).low, 0);
}

TEST(Verification, RatesAreThoseOfAllPairs) {
  const std::vector<EmbeddedPicture> pictures = crowd(30, 4);
  const Plain plain = plain_comparisons(pictures);
  for (const std::size_t threads : {1U, 3U}) {
    const Comparisons comparisons = compare_all(pictures, {}, threads);
    EXPECT_EQ(comparisons.same.size(), plain.same.size());
    EXPECT_EQ(comparisons.different.size(), plain.different.size());
    for (const double rate : {0.1, 0.01, 0.001}) {
      const TrueMatchRate found = true_match_rate(comparisons, rate);
      const auto passing = static_cast<double>(reaching(plain.different, found.cosine));
      EXPECT_LE(passing, rate * static_cast<double>(plain.different.size()) + 1);
      const auto matched = static_cast<double>(reaching(plain.same, found.cosine));
      EXPECT_NEAR(found.true_matches.value(), matched / static_cast<double>(plain.same.size()), 0.02);
      EXPECT_EQ(found.supported, rate * static_cast<double>(plain.different.size()) >= 10);
    }
    const AtSimilarity at = at_similarity(comparisons, calibration(), 80);
    EXPECT_FLOAT_EQ(at.cosine, 0.5F);
    EXPECT_NEAR(static_cast<double>(at.true_matches.count), static_cast<double>(reaching(plain.same, 0.5F)), 1);
  }
}

TEST(Verification, IgnoredPairsAreInNeitherClass) {
  const std::vector<EmbeddedPicture> pictures = crowd(3, 2);
  const Comparisons all = compare_all(pictures, {}, 1);
  const Comparisons fewer = compare_all(pictures, {{"p0/0", "p1/0"}, {"p0/0", "p0/1"}}, 1);
  EXPECT_EQ(fewer.different.size() + 1, all.different.size());
  EXPECT_EQ(fewer.same.size() + 1, all.same.size());
}

TEST(Verification, TheCurveFallsAndIsThatOfTheScores) {
  const std::vector<EmbeddedPicture> pictures = crowd(30, 4);
  const std::vector<DetPoint> curve = det_curve(compare_all(pictures, {}, 2), 50);
  ASSERT_GT(curve.size(), 10U);
  for (std::size_t i = 1; i < curve.size(); ++i) {
    EXPECT_GT(curve[i].false_match_rate, curve[i - 1].false_match_rate);
    EXPECT_LE(curve[i].false_non_match_rate, curve[i - 1].false_non_match_rate);
  }
  EXPECT_TRUE(det_curve({}, 50).empty());
}

// Every threshold is tried, for every fold.
std::vector<double> plain_accuracies(const std::vector<LabelledPair>& pairs,
                                     const std::vector<EmbeddedPicture>& pictures, int folds) {
  const auto accuracy = [&](float threshold, int fold, bool others) {
    double right = 0;
    double all = 0;
    for (const LabelledPair& pair : pairs) {
      if ((pair.fold == fold) == others) continue;
      ++all;
      right += (cosine_of(pictures[pair.a], pictures[pair.b]) >= threshold) == pair.same ? 1 : 0;
    }
    return right / all;
  };
  std::vector<double> accuracies;
  for (int fold = 0; fold < folds; ++fold) {
    std::vector<float> values;
    for (const LabelledPair& pair : pairs) {
      if (pair.fold != fold) values.push_back(cosine_of(pictures[pair.a], pictures[pair.b]));
    }
    std::sort(values.begin(), values.end());
    std::vector<float> thresholds = {-1};
    for (std::size_t i = 0; i + 1 < values.size(); ++i) {
      if (values[i] < values[i + 1]) thresholds.push_back((values[i] + values[i + 1]) / 2);
    }
    const float best = *std::max_element(thresholds.begin(), thresholds.end(), [&](float a, float b) {
      return accuracy(a, fold, true) < accuracy(b, fold, true);
    });
    accuracies.push_back(accuracy(best, fold, false));
  }
  return accuracies;
}

TEST(Verification, AccuracyByFoldsIsThatOfTryingEveryThreshold) {
  const std::vector<EmbeddedPicture> pictures = crowd(40, 3);
  const std::vector<LabelledPair> pairs = draw_pairs(pictures, 60);
  ASSERT_EQ(pairs.size(), 120U);
  const std::vector<double> accuracies = accuracy_by_folds(pairs, pictures);
  const std::vector<double> expected = plain_accuracies(pairs, pictures, 10);
  ASSERT_EQ(accuracies.size(), expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i) EXPECT_DOUBLE_EQ(accuracies[i], expected[i]) << i;
}

TEST(Verification, DrawnPairsKeepPeopleInOneFold) {
  const std::vector<EmbeddedPicture> pictures = crowd(40, 3);
  std::map<std::string, int> fold_of;
  std::size_t same = 0;
  const std::vector<LabelledPair> pairs = draw_pairs(pictures, 1000);
  for (const LabelledPair& pair : pairs) {
    const std::string& a = pictures[pair.a].picture.person;
    const std::string& b = pictures[pair.b].picture.person;
    EXPECT_EQ(a == b, pair.same);
    same += pair.same ? 1 : 0;
    for (const std::string& person : {a, b}) {
      const auto [place, fresh] = fold_of.emplace(person, pair.fold);
      EXPECT_EQ(place->second, pair.fold) << person;
    }
  }
  EXPECT_EQ(2 * same, pairs.size());
  EXPECT_TRUE(draw_pairs(crowd(5, 3), 1000).empty()) << "too few people for ten folds";
}

TEST(IdentificationTest, FindsThoseWhoAreEnrolledAndCountsStrangers) {
  const std::vector<EmbeddedPicture> pictures = crowd(50, 3);
  const Identification found = identify_all(pictures, {}, calibration(), {80, 99}, 2, 2);
  EXPECT_EQ(found.gallery, 40U);
  EXPECT_EQ(found.strangers, 10U);
  EXPECT_EQ(found.at.front().strangers.of, 20U);
  EXPECT_EQ(found.rank_1.of, 2 * 80U);
  EXPECT_GT(found.rank_1.value(), 0.6);
  EXPECT_LE(found.at[1].identified.count, found.at[0].identified.count);
  EXPECT_LE(found.at[0].identified.count, found.rank_1.count);
  EXPECT_LE(found.at[1].strangers.count, found.at[0].strangers.count);
  const Identification again = identify_all(pictures, {}, calibration(), {80, 99}, 2, 1);
  EXPECT_EQ(again.rank_1.count, found.rank_1.count) << "the same draw, whatever the threads";
}

TEST(Reports, SayWhatWasCountedAndWarnOfTooLittle) {
  const std::vector<EmbeddedPicture> pictures = crowd(20, 3);
  FacesResult faces = evaluate_faces(pictures, {}, {}, calibration(), 1);
  faces.subject.data = "<folder> & \"more\"";
  EXPECT_THAT(faces_json(faces), HasSubstr(R"("kind":"faces")"));
  EXPECT_THAT(faces_json(faces), HasSubstr(R"("problem":"no face was found")"));
  const std::string html = faces_html(faces, calibration());
  EXPECT_THAT(html, HasSubstr("&lt;folder&gt; &amp; &quot;more&quot;"));
  EXPECT_THAT(html, HasSubstr("<svg"));
  EXPECT_THAT(faces_advice(faces), testing::Contains(HasSubstr("too few comparisons")));
  const SearchResult search = evaluate_search(pictures, {}, calibration(), 1);
  EXPECT_THAT(search_json(search), HasSubstr(R"("strangers":4)"));
  EXPECT_THAT(search_html(search), HasSubstr("strangers taken for somebody"));
  const GroupsResult groups = evaluate_groups(pictures, calibration(), 1);
  ASSERT_EQ(groups.groups.size(), 2U);
  EXPECT_TRUE(groups.groups.front().is_small);
  EXPECT_THAT(groups_html(groups), HasSubstr("too small for a statement"));
}

TEST(Reports, GroupsThatDifferAreNamed) {
  std::vector<EmbeddedPicture> pictures = crowd(120, 3);
  for (EmbeddedPicture& each : pictures) {
    // Of one group every second face was not found.
    if (each.picture.group == "odd" && each.picture.name.ends_with("/1")) each.embedding.clear();
  }
  const GroupsResult groups = evaluate_groups(pictures, calibration(), 2);
  EXPECT_FALSE(groups.groups.front().is_small);
  EXPECT_THAT(groups_advice(groups), testing::Contains(HasSubstr("group odd are not recognized")));
  EXPECT_THAT(groups_json(groups), HasSubstr(R"("name":"even")"));
}

TEST(Words, ForPeople) {
  EXPECT_EQ(one_in(0), "none");
  EXPECT_EQ(one_in(2e-6), "1 in 500,000");
  EXPECT_EQ(percent(0.12345, 2), "12.35 %");
  EXPECT_EQ(with_commas(1234567), "1,234,567");
  EXPECT_EQ(with_commas(999), "999");
}

// As a server does it: the distance of two blurred faces counts more, by the sharper one.
TEST(VerificationTest, BlurCountsByTheSharperPicture) {
  std::vector<EmbeddedPicture> pictures = crowd(2, 1);
  const float plain = cosine_of(pictures[0], pictures[1]);
  pictures[0].distance_factor = 3;
  EXPECT_EQ(cosine_of(pictures[0], pictures[1]), plain) << "one of them is sharp";
  pictures[1].distance_factor = 2;
  EXPECT_FLOAT_EQ(cosine_of(pictures[0], pictures[1]), 1 - 2 * (1 - plain));
  EXPECT_FLOAT_EQ(cosine_of(pictures[1], pictures[0]), 1 - 2 * (1 - plain));
}

}  // namespace
}  // namespace likeness::evaluate
