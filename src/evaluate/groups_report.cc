#include "evaluate/groups_report.h"

#include <algorithm>
#include <map>
#include <set>

namespace likeness::evaluate {

namespace {

constexpr std::size_t enough_people = 30;
constexpr std::uint64_t enough_comparisons = 100;

GroupResult evaluate_group(const std::string& name, const std::vector<EmbeddedPicture>& pictures,
                           const embed::Calibration& calibration, std::size_t threads) {
  const Comparisons comparisons = compare_all(pictures, {}, threads);
  const PictureCounts counts = count_pictures(pictures);
  GroupResult group{.name = name, .people = counts.people, .pictures = counts.pictures};
  group.without_face = {counts.unusable.size(), counts.pictures};
  group.at_80 = at_similarity(comparisons, calibration, 80);
  group.at_99 = at_similarity(comparisons, calibration, 99);
  group.is_small = counts.people < enough_people || comparisons.same.size() < enough_comparisons;
  return group;
}

// Whether the shares differ by more than chance explains: their intervals do not touch.
bool differ(const Proportion& a, const Proportion& b) {
  const Interval first = wilson_interval(a);
  const Interval second = wilson_interval(b);
  return first.low > second.high || second.low > first.high;
}

std::string with_range(const Proportion& share, int digits) {
  const Interval interval = wilson_interval(share);
  return percent(share.value(), digits) + " (" + percent(interval.low, digits) + " to " +
         percent(interval.high, digits) + ")";
}

Proportion misses(const AtSimilarity& at) { return {at.true_matches.of - at.true_matches.count, at.true_matches.of}; }

}  // namespace

GroupsResult evaluate_groups(const std::vector<EmbeddedPicture>& pictures, const embed::Calibration& calibration,
                             std::size_t threads) {
  std::map<std::string, std::vector<EmbeddedPicture>> groups;
  for (const EmbeddedPicture& each : pictures) {
    if (!each.picture.group.empty()) groups[each.picture.group].push_back(each);
  }
  GroupsResult result;
  result.counts = count_pictures(pictures);
  for (const auto& [name, own] : groups) result.groups.push_back(evaluate_group(name, own, calibration, threads));
  return result;
}

std::string groups_json(const GroupsResult& result) {
  JsonText json;
  begin_json(json, "groups", result.subject, result.counts);
  json.open_array("groups");
  for (const GroupResult& group : result.groups) {
    json.open_object()
        .member("name", group.name)
        .member("people", std::uint64_t{group.people})
        .member("pictures", std::uint64_t{group.pictures})
        .member("too_small", group.is_small);
    add_share(json, "without_face", group.without_face);
    add_share(json, "not_recognized_at_80", misses(group.at_80));
    add_share(json, "false_matches_at_80", group.at_80.false_matches);
    add_share(json, "not_recognized_at_99", misses(group.at_99));
    add_share(json, "false_matches_at_99", group.at_99.false_matches);
    json.close();
  }
  json.close().open_array("advice");
  for (const std::string& sentence : groups_advice(result)) json.element(sentence);
  json.close().close();
  return json.text() + "\n";
}

std::string groups_html(const GroupsResult& result) {
  HtmlPage page("Errors by group");
  begin_html(page, result.subject, result.counts);
  page.heading("In words");
  for (const std::string& sentence : groups_advice(result)) page.paragraph(sentence);
  for (const GroupResult& group : result.groups) {
    if (group.is_small) {
      page.warning("The group " + group.name + " has " + std::to_string(group.people) + " people and " +
                   with_commas(group.at_80.true_matches.of) +
                   " comparisons of one person: too small for a statement. Its numbers are chance for the most part.");
    }
  }
  page.heading("Groups, with 95 % confidence");
  std::vector<std::vector<std::string>> rows{{"group", "people", "no face found", "not recognized at 80",
                                              "two people taken for one at 80", "not recognized at 99"}};
  for (const GroupResult& group : result.groups) {
    rows.push_back({group.name, with_commas(group.people), with_range(group.without_face, 1),
                    with_range(misses(group.at_80), 1),
                    with_commas(group.at_80.false_matches.count) + " of " + with_commas(group.at_80.false_matches.of),
                    with_range(misses(group.at_99), 1)});
  }
  page.table(rows);
  return page.text();
}

std::vector<std::string> groups_advice(const GroupsResult& result) {
  std::vector<std::string> sentences;
  if (result.groups.size() < 2) {
    sentences.emplace_back("There are fewer than two groups: the CSV file needs a column group.");
    return sentences;
  }
  bool found = false;
  for (std::size_t i = 0; i < result.groups.size(); ++i) {
    for (std::size_t j = i + 1; j < result.groups.size(); ++j) {
      const GroupResult& a = result.groups[i];
      const GroupResult& b = result.groups[j];
      if (a.is_small || b.is_small) continue;
      const auto say = [&](const Proportion& of_a, const Proportion& of_b, const char* what) {
        if (!differ(of_a, of_b)) return;
        found = true;
        const bool a_is_worse = of_a.value() > of_b.value();
        sentences.push_back("People of the group " + (a_is_worse ? a.name : b.name) + " " + what +
                            " more often than those of " + (a_is_worse ? b.name : a.name) +
                            ", by more than chance explains.");
      };
      say(misses(a.at_80), misses(b.at_80), "are not recognized (at Similarity 80)");
      say(a.at_80.false_matches, b.at_80.false_matches, "are taken for each other (at Similarity 80)");
      say(a.without_face, b.without_face, "have no face found");
    }
  }
  if (!found) {
    sentences.emplace_back(
        "No two groups that are large enough differ by more than chance explains. That is no proof that they do "
        "not differ: look at how wide the ranges are.");
  }
  sentences.emplace_back(
      "People of one group are compared with each other here, so false matches are more frequent than among "
      "everybody.");
  return sentences;
}

}  // namespace likeness::evaluate
