#include "evaluate/faces_report.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <numeric>

namespace likeness::evaluate {

namespace {

constexpr std::size_t most_drawn_pairs = 3000;  // of each kind, as Labeled Faces in the Wild has them
constexpr std::size_t det_points = 120;
constexpr int histogram_bars = 80;

constexpr double reported_rates[] = {1e-1, 1e-2, 1e-3, 1e-4, 1e-5, 1e-6};
constexpr float reported_similarities[] = {35, 50, 68, 80, 90, 95, 99};

double mean(const std::vector<double>& values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

// Of the mean: the standard deviation of the folds over the root of their number, as the literature gives it.
double error_of_mean(const std::vector<double>& values) {
  const double middle = mean(values);
  double sum = 0;
  for (const double value : values) sum += (value - middle) * (value - middle);
  const auto n = static_cast<double>(values.size());
  return std::sqrt(sum / (n - 1)) / std::sqrt(n);
}

// "1e-05"
std::string rate_text(double value) {
  char buffer[32];
  (void)std::snprintf(buffer, sizeof(buffer), "%.0e", value);
  return buffer;
}

std::string range(const Proportion& share, int digits) {
  const Interval interval = wilson_interval(share);
  return percent(interval.low, digits) + " to " + percent(interval.high, digits);
}

// Counts of Similarities, each kind over its own number.
Curve similarity_curve(const ScoreHistogram& scores, const embed::Calibration& calibration, const char* name) {
  Curve curve{.points = {}, .filled = true, .name = name};
  for (int bar = 0; bar < histogram_bars; ++bar) {
    const float from = 100.0F * static_cast<float>(bar) / histogram_bars;
    const float to = 100.0F * static_cast<float>(bar + 1) / histogram_bars;
    const std::uint64_t above = bar == 0 ? scores.size() : scores.at_or_above(calibration.cosine(from));
    const std::uint64_t beyond = bar + 1 == histogram_bars ? 0 : scores.at_or_above(calibration.cosine(to));
    const Proportion share{above - std::min(above, beyond), scores.size()};
    curve.points.emplace_back((from + to) / 2, 100 * share.value());
  }
  return curve;
}

void add_tables(HtmlPage& page, const FacesResult& result) {
  page.heading("At the Similarity that a client asks for");
  std::vector<std::vector<std::string>> rows{
      {"Similarity", "two people taken for one", "of comparisons", "one person recognized", "with 95 % confidence"}};
  for (const AtSimilarity& at : result.at) {
    rows.push_back({whole(at.similarity), with_commas(at.false_matches.count), one_in(at.false_matches.value()),
                    percent(at.true_matches.value(), 2), range(at.true_matches, 2)});
  }
  page.table(rows);
  page.heading("At a rate of false matches");
  rows = {{"false-match rate", "threshold (cosine)", "one person recognized", "with 95 % confidence", ""}};
  for (const TrueMatchRate& rate : result.rates) {
    rows.push_back({rate_text(rate.false_match_rate), decimals(static_cast<double>(rate.cosine), 3),
                    percent(rate.true_matches.value(), 2), range(rate.true_matches, 2),
                    rate.supported ? "" : "too few comparisons for this rate"});
  }
  page.table(rows);
}

}  // namespace

FacesResult evaluate_faces(const std::vector<EmbeddedPicture>& pictures, const std::vector<LabelledPair>& pairs,
                           const IgnoredPairs& ignored, const embed::Calibration& calibration, std::size_t threads) {
  FacesResult result;
  result.counts = count_pictures(pictures);
  result.comparisons = compare_all(pictures, ignored, threads);
  result.pairs_were_given = !pairs.empty();
  const std::vector<LabelledPair> used = pairs.empty() ? draw_pairs(pictures, most_drawn_pairs) : pairs;
  if (!used.empty()) result.fold_accuracies = accuracy_by_folds(used, pictures);
  for (const double rate : reported_rates) result.rates.push_back(true_match_rate(result.comparisons, rate));
  for (const float similarity : reported_similarities) {
    result.at.push_back(at_similarity(result.comparisons, calibration, similarity));
  }
  return result;
}

std::string faces_json(const FacesResult& result) {
  JsonText json;
  begin_json(json, "faces", result.subject, result.counts);
  json.open_object("comparisons")
      .member("same", result.comparisons.same.size())
      .member("different", result.comparisons.different.size())
      .close();
  json.open_object("accuracy").member("pairs_given", result.pairs_were_given);
  if (result.fold_accuracies.size() > 1) {
    json.member("mean", mean(result.fold_accuracies)).member("error_of_mean", error_of_mean(result.fold_accuracies));
  }
  json.open_array("folds");
  for (const double accuracy : result.fold_accuracies) json.element(accuracy);
  json.close().close().open_array("true_match_rates");
  for (const TrueMatchRate& rate : result.rates) {
    const Interval interval = wilson_interval(rate.true_matches);
    json.open_object()
        .member("false_match_rate", rate.false_match_rate)
        .member("cosine", static_cast<double>(rate.cosine))
        .member("true_match_rate", rate.true_matches.value())
        .member("low", interval.low)
        .member("high", interval.high)
        .member("supported", rate.supported)
        .close();
  }
  json.close().open_array("at_similarity");
  for (const AtSimilarity& at : result.at) {
    const Interval interval = wilson_interval(at.false_matches);
    json.open_object()
        .member("similarity", static_cast<double>(at.similarity))
        .member("cosine", static_cast<double>(at.cosine))
        .member("false_matches", at.false_matches.count)
        .member("false_match_rate", at.false_matches.value())
        .member("false_match_rate_high", interval.high)
        .member("true_match_rate", at.true_matches.value())
        .close();
  }
  json.close().open_array("det");
  for (const DetPoint& point : det_curve(result.comparisons, det_points)) {
    json.open_array().element(point.false_match_rate).element(point.false_non_match_rate).close();
  }
  json.close().open_array("advice");
  for (const std::string& sentence : faces_advice(result)) json.element(sentence);
  json.close().close();
  return json.text() + "\n";
}

std::string faces_html(const FacesResult& result, const embed::Calibration& calibration) {
  HtmlPage page("How well faces are compared");
  begin_html(page, result.subject, result.counts);
  page.heading("In words");
  for (const std::string& sentence : faces_advice(result)) page.paragraph(sentence);
  if (result.fold_accuracies.size() > 1) {
    page.heading("Accuracy by folds");
    page.paragraph(
        percent(mean(result.fold_accuracies), 2) + " of " +
        (result.pairs_were_given ? "the given pairs" : "pairs drawn by chance, half of one person and half of two,") +
        " are judged rightly, give or take " + percent(error_of_mean(result.fold_accuracies), 2) + " (" +
        std::to_string(result.fold_accuracies.size()) +
        " folds, each with the threshold that is best on the others). Half of the pairs being of one person, this "
        "number says little about searches, where nearly all are of two.");
  }
  add_tables(page, result);
  Plot det{.title = "Errors against each other",
           .x_name = "two people taken for one (share of comparisons)",
           .y_name = "one person not recognized",
           .logarithmic_x = true,
           .logarithmic_y = true,
           .curves = {}};
  Plot roc{.title = "One person recognized",
           .x_name = "two people taken for one (share of comparisons)",
           .y_name = "one person recognized",
           .logarithmic_x = true,
           .curves = {}};
  Curve det_line{.points = {}, .name = "detection error trade-off"};
  Curve roc_line{.points = {}, .name = "receiver operating characteristic"};
  for (const DetPoint& point : det_curve(result.comparisons, det_points)) {
    if (point.false_non_match_rate > 0) {
      det_line.points.emplace_back(point.false_match_rate, point.false_non_match_rate);
    }
    roc_line.points.emplace_back(point.false_match_rate, 1 - point.false_non_match_rate);
  }
  det.curves.push_back(std::move(det_line));
  roc.curves.push_back(std::move(roc_line));
  page.plot(det);
  page.plot(roc);
  page.plot({.title = "Similarities",
             .x_name = "Similarity",
             .y_name = "% of comparisons of the kind",
             .curves = {similarity_curve(result.comparisons.different, calibration, "two people"),
                        similarity_curve(result.comparisons.same, calibration, "one person")}});
  return page.text();
}

std::vector<std::string> faces_advice(const FacesResult& result) {
  std::vector<std::string> sentences;
  const auto at = [&](float similarity) {
    return *std::find_if(result.at.begin(), result.at.end(),
                         [&](const AtSimilarity& each) { return each.similarity == similarity; });
  };
  for (const float similarity : {80.0F, 99.0F}) {
    const AtSimilarity here = at(similarity);
    const Interval bound = wilson_interval(here.false_matches);
    const std::string threshold = whole(similarity);
    sentences.push_back("At Similarity " + threshold + ", " + percent(here.true_matches.value()) +
                        " of the comparisons of one person match. Of " + with_commas(here.false_matches.of) +
                        " comparisons of two people " + with_commas(here.false_matches.count) +
                        " match; with 95 % confidence no more than " + one_in(bound.high) + ".");
  }
  const AtSimilarity usual = at(80);
  if (usual.false_matches.count > 0) {
    sentences.push_back("A search compares one face with every face of a collection: among 10,000 strangers expect " +
                        significant(1e4 * usual.false_matches.value(), 3) + " false matches a search at 80.");
  } else {
    sentences.push_back(
        "No two people matched at 80 here. That does not mean none will: these are few comparisons beside those "
        "of a large collection.");
  }
  if (result.comparisons.different.size() < 1'000'000) {
    sentences.push_back("These are too few comparisons of two people to say anything about rates below 1 in " +
                        with_commas(std::max<std::uint64_t>(1, result.comparisons.different.size() / 10)) +
                        ": take more people.");
  }
  if (result.comparisons.same.size() < 300) {
    sentences.push_back(
        "There are only " + std::to_string(result.comparisons.same.size()) +
        " comparisons of one person: the share that is recognized is uncertain by several percent. Take "
        "more pictures of each.");
  }
  sentences.emplace_back(
      "Where a false match harms somebody, use 99 and let a person look; where a missed match is a nuisance "
      "and a false one harmless, 80 will do.");
  return sentences;
}

}  // namespace likeness::evaluate
