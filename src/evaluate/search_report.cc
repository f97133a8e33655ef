#include "evaluate/search_report.h"

namespace likeness::evaluate {

namespace {

constexpr std::size_t draws = 5;

}  // namespace

SearchResult evaluate_search(const std::vector<EmbeddedPicture>& pictures, const IgnoredPairs& ignored,
                             const embed::Calibration& calibration, std::size_t threads) {
  SearchResult result;
  result.counts = count_pictures(pictures);
  result.identification = identify_all(pictures, ignored, calibration, {80, 90, 95, 99}, draws, threads);
  return result;
}

std::string search_json(const SearchResult& result) {
  const Identification& found = result.identification;
  JsonText json;
  begin_json(json, "search", result.subject, result.counts);
  json.member("gallery", std::uint64_t{found.gallery})
      .member("strangers", std::uint64_t{found.strangers})
      .member("draws", std::uint64_t{found.draws})
      .member("searches", found.rank_1.of)
      .member("rank_1", found.rank_1.value())
      .open_array("at_similarity");
  for (const SearchAt& at : found.at) {
    const Interval interval = wilson_interval(at.strangers);
    json.open_object()
        .member("similarity", static_cast<double>(at.similarity))
        .member("identified", at.identified.value())
        .member("misnamed", at.misnamed.value())
        .member("strangers_flagged", at.strangers.count)
        .member("strangers", at.strangers.of)
        .member("strangers_flagged_share_high", interval.high)
        .close();
  }
  json.close().open_array("advice");
  for (const std::string& sentence : search_advice(result)) json.element(sentence);
  json.close().close();
  return json.text() + "\n";
}

std::string search_html(const SearchResult& result) {
  const Identification& found = result.identification;
  HtmlPage page("How well people are found");
  begin_html(page, result.subject, result.counts);
  page.heading("In words");
  for (const std::string& sentence : search_advice(result)) page.paragraph(sentence);
  page.heading("Searches");
  page.paragraph("One picture of each of " + with_commas(found.gallery) +
                 " people is enrolled; their other pictures, and one of each of " + with_commas(found.strangers) +
                 " people of whom none is enrolled, search them. That is drawn " + std::to_string(found.draws) +
                 " times. Whatever the Similarity, the best match of " + percent(found.rank_1.value()) + " of " +
                 with_commas(found.rank_1.of) + " searches is the right person.");
  std::vector<std::vector<std::string>> rows{
      {"Similarity", "found and named rightly", "named wrongly", "strangers taken for somebody", "of strangers"}};
  for (const SearchAt& at : found.at) {
    rows.push_back({whole(at.similarity), percent(at.identified.value()), percent(at.misnamed.value(), 2),
                    with_commas(at.strangers.count), with_commas(at.strangers.of)});
  }
  page.table(rows);
  return page.text();
}

std::vector<std::string> search_advice(const SearchResult& result) {
  const Identification& found = result.identification;
  std::vector<std::string> sentences;
  if (found.rank_1.of == 0 || found.strangers == 0) {
    sentences.emplace_back(
        "There are too few people, or too few pictures of each, for an experiment: take at least five "
        "people and two pictures of some.");
    return sentences;
  }
  for (const SearchAt& at : found.at) {
    sentences.push_back("At Similarity " + whole(at.similarity) + ", " + percent(at.identified.value()) +
                        " of the people who are enrolled are found and named rightly, and " +
                        with_commas(at.strangers.count) + " of " + with_commas(at.strangers.of) +
                        " strangers are taken for one of " + with_commas(found.gallery) + " people.");
  }
  sentences.emplace_back(
      "Strangers that are flagged grow with the number of people enrolled: twice as many people, twice as many. "
      "In 2018 the American Civil Liberties Union searched 25,000 mugshots for 535 members of Congress with "
      "another system at its default of 80, and 28 were flagged.");
  return sentences;
}

}  // namespace likeness::evaluate
