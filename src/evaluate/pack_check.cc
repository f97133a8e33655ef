#include "evaluate/pack_check.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <functional>
#include <memory>
#include <numeric>
#include <utility>

#include "align/face_mesher.h"
#include "detect/face_detector.h"
#include "embed/embedder.h"
#include "evaluate/html_page.h"
#include "evaluate/read_picture.h"
#include "image/resize.h"

namespace likeness::evaluate {

namespace {

// The astronaut's face in astronaut.png (512x512), as the default packs see it.
constexpr PixelRect face_box = {179, 64, 91, 112};
constexpr FivePoints face_landmarks = {{{205, 104}, {247, 106}, {226, 127}, {205, 143}, {241, 145}}};
// Of the mesh, which is what embedders are given.
constexpr FivePoints face_points = {{{204, 101}, {247, 104}, {223, 127}, {202, 139}, {246, 142}}};
// The cat's in chelsea.png (451x300), marked by hand: eyes, nose, corners of the mouth.
constexpr PixelRect cat_box = {110, 50, 130, 150};
constexpr FivePoints cat_points = {{{134, 104}, {197, 111}, {156, 150}, {146, 177}, {177, 177}}};

// How far what comes out may be from what the manifest expects: bfloat16 and f32 differ by less on these pictures.
constexpr double score_tolerance = 0.03;
constexpr double point_tolerance = 2;     // pixels; the eyes are 43 apart
constexpr double value_tolerance = 0.01;  // of an embedding's numbers
constexpr double norm_tolerance = 0.05;   // as a share
constexpr float known_again = 80;         // Similarity
constexpr float surely_a_face = 0.9F;     // a detector's score that no cat may have
constexpr std::size_t shown_values = 8;   // of an embedding
constexpr int timed_runs = 31;

// Numbers under a name, as in [expected].
using Seen = std::vector<std::pair<std::string, std::vector<double>>>;

std::string toml_of(const Seen& seen) {
  std::string text = "[expected]  # on astronaut.png: likeness models check\n";
  for (const auto& [name, values] : seen) {
    text += name + " = ";
    if (values.size() != 1) text += '[';
    for (std::size_t i = 0; i < values.size(); ++i) text += (i > 0 ? ", " : "") + decimals(values[i], 4);
    text += values.size() != 1 ? "]\n" : "\n";
  }
  return text;
}

double tolerance_of(const std::string& name, double expected) {
  if (name == "score") return score_tolerance;
  if (name == "box" || name == "points") return point_tolerance;
  if (name == "values") return value_tolerance;
  if (name == "norm") return norm_tolerance * expected;
  return 0;  // counts
}

void compare(const Seen& seen, const infer::Manifest& manifest, PackCheck& check) {
  check.seen = toml_of(seen);
  check.has_expectations = !manifest.expected.empty();
  for (const auto& [name, expected] : manifest.expected) {
    const auto found = std::find_if(seen.begin(), seen.end(), [&](const auto& entry) { return entry.first == name; });
    bool is_right = found != seen.end() && found->second.size() == expected.size();
    double worst = 0;
    for (std::size_t i = 0; is_right && i < expected.size(); ++i) {
      worst = std::max(worst, std::abs(found->second[i] - expected[i]));
      is_right = std::abs(found->second[i] - expected[i]) <= tolerance_of(name, expected[i]);
    }
    check.findings.push_back({"the manifest's expected " + name + ": " +
                                  (found == seen.end() ? "a pack of this task gives nothing of that name"
                                                       : "differs by at most " + significant(worst, 2)),
                              is_right});
  }
}

// Runs it often, and keeps the median.
Result<void> time_it(PackCheck& check, std::string what, const std::function<Result<void>()>& run) {
  std::array<double, timed_runs> milliseconds{};
  for (double& each : milliseconds) {
    const auto begin = std::chrono::steady_clock::now();
    TRY(run());
    each = std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin).count();
  }
  std::nth_element(milliseconds.begin(), milliseconds.begin() + timed_runs / 2, milliseconds.end());
  check.milliseconds = milliseconds[timed_runs / 2];
  check.timed = std::move(what);
  return {};
}

std::vector<double> numbers_of(const FivePoints& points) {
  std::vector<double> numbers;
  numbers.reserve(2 * points.size());
  for (const Point& point : points) {
    numbers.push_back(static_cast<double>(point.x));
    numbers.push_back(static_cast<double>(point.y));
  }
  return numbers;
}

// The largest distance between points of the same place, in distances of the eyes.
float distance(const FivePoints& a, const FivePoints& b) {
  const auto between = [](Point p, Point q) { return std::hypot(p.x - q.x, p.y - q.y); };
  float worst = 0;
  for (std::size_t i = 0; i < a.size(); ++i) worst = std::max(worst, between(a[i], b[i]));
  return worst / between(b[0], b[1]);
}

struct Pictures {
  Image astronaut;
  Image cat;
};

Result<Image> read_shown(const std::filesystem::path& path) {
  Result<Image> image = read_picture(path);
  if (!image.ok()) return image.error().within(path.string());
  return image;
}

Result<Pictures> read_pictures(const std::filesystem::path& folder) {
  Image astronaut = TRY(read_shown(folder / "astronaut.png"));
  return Pictures{.astronaut = std::move(astronaut), .cat = TRY(read_shown(folder / "chelsea.png"))};
}

Result<PackCheck> check_detector(infer::Runtime& runtime, const infer::Pack& pack, const Pictures& pictures) {
  const auto detector = TRY(detect::FaceDetector::create(runtime, pack));
  const std::vector<detect::FaceDetection> faces = TRY(detector->detect(pictures.astronaut));
  const std::vector<detect::FaceDetection> cats = TRY(detector->detect(pictures.cat));
  PackCheck check;
  check.findings.push_back(
      {"finds one face in the astronaut's portrait: " + std::to_string(faces.size()), faces.size() == 1});
  const bool is_there = !faces.empty() && iou(faces.front().box, face_box) > 0.5F;
  check.findings.push_back({"where it is", is_there});
  check.findings.push_back(
      {"with both eyes, nose and mouth", is_there && distance(faces.front().landmarks, face_landmarks) < 0.25F});
  const float cat = cats.empty() ? 0 : cats.front().score;
  check.findings.push_back(
      {"is not sure of a cat's face: score " + decimals(static_cast<double>(cat), 2), cat < surely_a_face});
  if (!faces.empty()) {
    const detect::FaceDetection& face = faces.front();
    compare({{"faces", {static_cast<double>(faces.size())}},
             {"score", {static_cast<double>(face.score)}},
             {"box",
              {static_cast<double>(face.box.left), static_cast<double>(face.box.top),
               static_cast<double>(face.box.width), static_cast<double>(face.box.height)}},
             {"points", numbers_of(face.landmarks)}},
            pack.manifest, check);
  }
  const auto run = [&]() -> Result<void> {
    (void)TRY(detector->detect(pictures.astronaut));
    return {};
  };
  TRY(time_it(check, "a picture of 512x512", run));
  return check;
}

Result<PackCheck> check_mesh(infer::Runtime& runtime, const infer::Pack& pack, const infer::PackFolders& folders,
                             const Pictures& pictures) {
  const infer::Pack iris = TRY(infer::open_pack(folders, "iris", infer::Task::iris));
  const auto mesher = TRY(align::FaceMesher::create(runtime, pack, iris));
  const FaceMesh face = TRY(mesher->mesh(pictures.astronaut, face_box, face_landmarks));
  const FaceMesh cat = TRY(mesher->mesh(pictures.cat, cat_box, cat_points));
  PackCheck check;
  check.findings.push_back({"takes the astronaut's face for one: score " + decimals(static_cast<double>(face.score), 3),
                            face.score >= mesher->score_threshold()});
  check.findings.push_back(
      {"with eyes, nose and mouth in their places", distance(five_points(face), face_points) < 0.15F});
  check.findings.push_back({"takes a cat's face for none: score " + decimals(static_cast<double>(cat.score), 3),
                            cat.score < mesher->score_threshold()});
  compare({{"score", {static_cast<double>(face.score)}}, {"points", numbers_of(five_points(face))}}, pack.manifest,
          check);
  const auto run = [&]() -> Result<void> {
    (void)TRY(mesher->mesh(pictures.astronaut, face_box, face_landmarks));
    return {};
  };
  TRY(time_it(check, "a face", run));
  return check;
}

Result<PackCheck> check_iris(infer::Runtime& runtime, const infer::Pack& pack, const infer::PackFolders& folders,
                             const Pictures& pictures) {
  const infer::Pack mesh = TRY(infer::open_pack(folders, "face_mesh", infer::Task::face_mesh));
  const auto mesher = TRY(align::FaceMesher::create(runtime, mesh, pack));
  FaceMesh face = TRY(mesher->mesh(pictures.astronaut, face_box, face_landmarks));
  TRY(mesher->find_irises(pictures.astronaut, face));
  const Point left = face.left_eye.iris.front();
  const Point right = face.right_eye.iris.front();
  FivePoints pupils = face_points;
  pupils[0] = left;
  pupils[1] = right;
  PackCheck check;
  check.findings.push_back({"finds the pupils where the eyes are", distance(pupils, face_points) < 0.15F});
  compare({{"points",
            {static_cast<double>(left.x), static_cast<double>(left.y), static_cast<double>(right.x),
             static_cast<double>(right.y)}}},
          pack.manifest, check);
  TRY(time_it(check, "both eyes of a face",
              [&]() -> Result<void> { return mesher->find_irises(pictures.astronaut, face); }));
  return check;
}

Result<PackCheck> check_embedder(infer::Runtime& runtime, const infer::Pack& pack, const Pictures& pictures) {
  const auto embedder = TRY(embed::Embedder::create(runtime, pack));
  const embed::Embedding face = TRY(embedder->embed(pictures.astronaut, face_points));
  const Image half = resize(pictures.astronaut, {pictures.astronaut.width() / 2, pictures.astronaut.height() / 2});
  FivePoints half_points = face_points;
  for (Point& point : half_points) point = {point.x / 2, point.y / 2};
  const embed::Embedding again = TRY(embedder->embed(half, half_points));
  const embed::Embedding cat = TRY(embedder->embed(pictures.cat, cat_points));
  const auto similarity = [&](const embed::Embedding& other) {
    return embedder->calibration().similarity(
        std::inner_product(face.values.begin(), face.values.end(), other.values.begin(), 0.0F));
  };
  PackCheck check;
  const float to_itself = similarity(again);
  const float to_cat = similarity(cat);
  check.findings.push_back(
      {"knows the face again at half the size: Similarity " + decimals(static_cast<double>(to_itself), 1),
       to_itself >= known_again});
  check.findings.push_back(
      {"does not take a cat for it: Similarity " + decimals(static_cast<double>(to_cat), 1), to_cat < known_again});
  std::vector<double> values;
  for (std::size_t i = 0; i < std::min(shown_values, face.values.size()); ++i) {
    values.push_back(static_cast<double>(face.values[i]));
  }
  compare({{"norm", {static_cast<double>(face.norm)}}, {"values", values}}, pack.manifest, check);
  const auto run = [&]() -> Result<void> {
    (void)TRY(embedder->embed(pictures.astronaut, face_points));
    return {};
  };
  TRY(time_it(check, "a face", run));
  return check;
}

}  // namespace

bool is_right(const PackCheck& check) {
  return std::all_of(check.findings.begin(), check.findings.end(),
                     [](const PackFinding& finding) { return finding.is_right; });
}

Result<PackCheck> check_pack(infer::Runtime& runtime, const infer::Pack& pack, const infer::PackFolders& folders,
                             const std::filesystem::path& pictures) {
  const Pictures shown = TRY(read_pictures(pictures));
  switch (pack.manifest.task) {
    case infer::Task::face_detection: return check_detector(runtime, pack, shown);
    case infer::Task::face_mesh: return check_mesh(runtime, pack, folders, shown);
    case infer::Task::iris: return check_iris(runtime, pack, folders, shown);
    case infer::Task::face_embedding: return check_embedder(runtime, pack, shown);
  }
  return Error(ErrorKind::unsupported, "packs of this task cannot be checked");
}

}  // namespace likeness::evaluate
