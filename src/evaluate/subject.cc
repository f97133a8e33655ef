#include "evaluate/subject.h"

#include <algorithm>
#include <set>

namespace likeness::evaluate {

namespace {

constexpr std::size_t most_named = 20;  // in the page; the JSON has all

}  // namespace

PictureCounts count_pictures(const std::vector<EmbeddedPicture>& pictures) {
  PictureCounts counts{.pictures = pictures.size()};
  std::set<std::string> people;
  for (const EmbeddedPicture& each : pictures) {
    people.insert(each.picture.person);
    if (each.embedding.empty()) counts.unusable.push_back({each.picture.name, each.problem});
  }
  counts.people = people.size();
  return counts;
}

void begin_json(JsonText& json, const char* kind, const Subject& subject, const PictureCounts& counts) {
  json.open_object().member("version", std::uint64_t{1}).member("kind", kind);
  json.open_object("subject")
      .member("detector", subject.detector)
      .member("embedder", subject.embedder)
      .member("model_version", subject.model_version)
      .member("embedding_space", subject.embedding_space)
      .member("data", subject.data)
      .member("date", subject.date)
      .close();
  json.member("pictures", std::uint64_t{counts.pictures}).member("people", std::uint64_t{counts.people});
  json.open_array("unusable");
  for (const Unusable& each : counts.unusable) {
    json.open_object().member("picture", each.name).member("problem", each.problem).close();
  }
  json.close();
}

void add_share(JsonText& json, const char* name, const Proportion& share) {
  const Interval interval = wilson_interval(share);
  json.open_object(name)
      .member("count", share.count)
      .member("of", share.of)
      .member("share", share.value())
      .member("low", interval.low)
      .member("high", interval.high)
      .close();
}

void begin_html(HtmlPage& page, const Subject& subject, const PictureCounts& counts) {
  page.paragraph("Detector " + subject.detector + ", embedder " + subject.embedder + " (" + subject.model_version +
                 "); pictures of " + subject.data + ", " + subject.date + ".");
  page.paragraph(
      with_commas(counts.pictures) + " pictures of " + with_commas(counts.people) + " people. In " +
      with_commas(counts.unusable.size()) +
      " no face could be used; they count as matching nobody, so a system that finds few faces does not look "
      "better than one that finds them all.");
  for (std::size_t i = 0; i < std::min(most_named, counts.unusable.size()); ++i) {
    page.paragraph(counts.unusable[i].name + ": " + counts.unusable[i].problem);
  }
}

}  // namespace likeness::evaluate
