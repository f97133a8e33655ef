#include "evaluate/detect_report.h"

#include <atomic>
#include <set>
#include <utility>

#include "evaluate/for_each_index.h"
#include "evaluate/read_picture.h"

namespace likeness::evaluate {

namespace {

constexpr std::uint64_t enough_faces = 50;
constexpr std::size_t most_missed_named = 20;

Result<std::vector<Detection>> detect(const std::filesystem::path& path, const pipeline::ImageAnalyzer& analyzer) {
  const Image image = TRY(read_picture(path));
  const std::vector<pipeline::AnalyzedFace> faces = TRY(analyzer.analyze(image, {}));
  std::vector<Detection> detections;
  detections.reserve(faces.size());
  for (const pipeline::AnalyzedFace& face : faces) {
    detections.push_back({to_pixels(face.box, image.size()), face.confidence});
  }
  return detections;
}

std::string size_name(const RecallOfSize& size) {
  const std::string from = whole(size.from);
  return size.to > 0 ? from + " to " + whole(size.to) + " pixels" : from + " pixels and more";
}

std::string range(const Proportion& share) {
  if (share.of == 0) return "";
  const Interval interval = wilson_interval(share);
  return percent(interval.low) + " to " + percent(interval.high);
}

PictureCounts counts_of(const DetectResult& result) {
  PictureCounts counts{.pictures = result.pictures.size()};
  for (const DetectedPicture& each : result.pictures) {
    if (!each.problem.empty()) counts.unusable.push_back({each.name, each.problem});
  }
  return counts;
}

}  // namespace

std::vector<DetectedPicture> detect_pictures(const std::vector<BoxedPicture>& pictures,
                                             const pipeline::ImageAnalyzer& analyzer, std::size_t threads,
                                             const std::function<void(std::size_t)>& progress) {
  std::vector<DetectedPicture> detected(pictures.size());
  std::atomic<std::size_t> done = 0;
  for_each_index(pictures.size(), threads, [&](std::size_t i) {
    detected[i].name = pictures[i].name;
    detected[i].faces = pictures[i].faces;
    Result<std::vector<Detection>> found = detect(pictures[i].path, analyzer);
    if (found.ok()) {
      detected[i].detections = *std::move(found);
    } else {
      detected[i].problem = found.error().message;
    }
    if (progress) progress(++done);
  });
  return detected;
}

DetectResult evaluate_detect(std::vector<DetectedPicture> pictures) {
  DetectResult result;
  result.pictures = std::move(pictures);
  result.rates = detection_rates(result.pictures, {0, 50, 80, 90, 95, 99});
  return result;
}

std::string detect_json(const DetectResult& result) {
  JsonText json;
  begin_json(json, "detect", result.subject, counts_of(result));
  add_share(json, "found", result.rates.found);
  json.open_array("by_width");
  for (const RecallOfSize& size : result.rates.sizes) {
    json.open_object().member("from", static_cast<double>(size.from));
    if (size.to > 0) json.member("to", static_cast<double>(size.to));
    add_share(json, "found", size.found);
    json.close();
  }
  json.close().open_array("at_confidence");
  for (const AtConfidence& at : result.rates.at) {
    json.open_object().member("confidence", static_cast<double>(at.confidence));
    add_share(json, "found", at.found);
    add_share(json, "right", at.right);
    json.member("false_alarms_per_picture", at.per_picture).close();
  }
  json.close().open_array("advice");
  for (const std::string& sentence : detect_advice(result)) json.element(sentence);
  json.close().close();
  return json.text() + "\n";
}

std::string detect_html(const DetectResult& result) {
  HtmlPage page("How well faces are found");
  page.paragraph("Detector " + result.subject.detector + "; pictures of " + result.subject.data + ", " +
                 result.subject.date + ". " + with_commas(result.rates.pictures) + " pictures with " +
                 with_commas(result.rates.found.of) +
                 " labelled faces. Found means: a face of the pipeline overlaps the label by half.");
  page.heading("In words");
  for (const std::string& sentence : detect_advice(result)) page.paragraph(sentence);
  page.heading("By the width of the face");
  std::vector<std::vector<std::string>> rows{{"width", "found", "of", "share", "with 95 % confidence"}};
  for (const RecallOfSize& size : result.rates.sizes) {
    rows.push_back({size_name(size), with_commas(size.found.count), with_commas(size.found.of),
                    size.found.of > 0 ? percent(size.found.value()) : "", range(size.found)});
  }
  page.table(rows);
  page.heading("By the confidence that is asked for");
  rows = {{"confidence", "faces found", "detections that are faces", "false alarms a picture"}};
  for (const AtConfidence& at : result.rates.at) {
    rows.push_back({whole(at.confidence), percent(at.found.value()), at.right.of > 0 ? percent(at.right.value()) : "",
                    significant(at.per_picture, 2)});
  }
  page.table(rows);
  page.heading("Pictures with faces that were not found");
  std::size_t named = 0;
  for (const DetectedPicture& picture : result.pictures) {
    const Matched matched = match_detections(picture.faces, picture.detections);
    const auto missed =
        std::count_if(matched.found.begin(), matched.found.end(), [](float found) { return found < 0; });
    if (missed == 0 || named++ >= most_missed_named) continue;
    page.paragraph(picture.name + ": " + std::to_string(missed) +
                   (picture.problem.empty() ? "" : ", " + picture.problem));
  }
  return page.text();
}

std::vector<std::string> detect_advice(const DetectResult& result) {
  std::vector<std::string> sentences;
  const Proportion& found = result.rates.found;
  if (found.of == 0) {
    sentences.emplace_back(
        "No face is labelled, so nothing can be said about those that are found; only about false alarms.");
  } else {
    sentences.push_back(with_commas(found.count) + " of " + with_commas(found.of) + " faces are found (" +
                        percent(found.value()) + "; with 95 % confidence " + range(found) + ").");
    if (found.of < enough_faces) {
      sentences.push_back("These are too few faces for a statement: label " + std::to_string(enough_faces) +
                          " at least.");
    }
  }
  for (const RecallOfSize& size : result.rates.sizes) {
    if (size.found.of < enough_faces || size.found.value() >= 0.9) continue;
    sentences.push_back("Of faces of " + size_name(size) + " only " + percent(size.found.value()) +
                        " are found: bring the camera nearer, or use one of more pixels.");
  }
  const AtConfidence& usual = result.rates.at.front();
  sentences.push_back(usual.per_picture <= 0
                          ? "Nothing else was taken for a face."
                          : significant(usual.per_picture, 2) +
                                " things a picture were taken for a face and are not labelled as one: look whether "
                                "they are faces that the labels miss.");
  return sentences;
}

}  // namespace likeness::evaluate
