// Hard pictures through the whole pipeline: small faces, crowds, faces that the border cuts, turned pictures, night,
// glare, and pictures without a face.
//
//   hard_pictures DATA PACKS [--scenes DIR] [--faceless DIR] [--samples FILE] [--only NAME] [--detector NAME] [--f32]
//
// DATA has images/<Name>/<Name>_NNNN.jpg (LFW); the faces are those of it that look at the camera, each with the box
// that the pipeline gives it at full size. --scenes: pictures of 1920x1080 to paste into. --faceless: pictures without
// any face. --samples: writes both scores of every detection whose truth is known, for hard_pictures_fit.py.
// docs/models.md says what is measured and how.
#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <functional>
#include <string>
#include <vector>

#include "CLI/CLI.hpp"
#include "codec/decode.h"
#include "codec/encode.h"
#include "hard_scenes.h"
#include "image/resize.h"
#include "pipeline/analyze_image.h"

namespace likeness::bench {
namespace {

namespace fs = std::filesystem;

constexpr int jpeg_quality = 90;
constexpr float margin = 0.6F;         // of the face, on each side: head and shoulders, as faces come
constexpr float most_turned = 30;      // degrees; a face that looks at the camera
constexpr float most_cut_off = 0.02F;  // of a face's width that may lie outside of its LFW picture
constexpr Size scene_size = {1920, 1080};

struct KnownFace {
  std::string name;  // of its file
  Image picture;
  PixelRect box;
};

struct Bench {
  const pipeline::ImageAnalyzer& analyzer;
  const align::FaceMesher& mesher;
  const std::vector<KnownFace>& faces;
  const std::vector<Image>& scenes;
  std::ofstream samples;
};

template <typename T>
T value_or_exit(Result<T> result) {
  if (result.ok()) return std::move(result).value();
  (void)std::fprintf(stderr, "hard_pictures: %s\n", result.error().message.c_str());
  std::exit(1);
}

Image read_image(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  const std::string bytes((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  return std::move(value_or_exit(codec::decode(as_bytes(bytes), {})).image);
}

Image through_jpeg(const Image& image) {
  const Bytes bytes = value_or_exit(codec::encode_jpeg(image, jpeg_quality));
  return std::move(value_or_exit(codec::decode(bytes, {})).image);
}

std::vector<fs::path> list_pictures(const fs::path& folder) {
  std::vector<fs::path> paths;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    const std::string kind = entry.path().extension().string();
    if (kind == ".jpg" || kind == ".png") paths.push_back(entry.path());
  }
  std::sort(paths.begin(), paths.end());
  return paths;
}

// `count` faces, evenly over the folder, that look at the camera and lie inside of their picture.
std::vector<KnownFace> read_faces(const pipeline::ImageAnalyzer& analyzer, const fs::path& folder, std::size_t count) {
  const std::vector<fs::path> paths = list_pictures(folder);
  std::vector<KnownFace> faces;
  std::size_t looked_at = 0;
  const std::size_t step = std::max<std::size_t>(1, paths.size() / count);
  for (std::size_t first = 0; first < step && faces.size() < count; ++first) {
    for (std::size_t i = first; i < paths.size() && faces.size() < count; i += step) {
      ++looked_at;
      Image picture = read_image(paths[i]);
      const auto found = value_or_exit(analyzer.analyze(picture, {.describe = true, .max_faces = 1}));
      if (found.empty()) continue;
      const describe::Pose& pose = found[0].description->pose;
      const UnitRect& box = found[0].box;
      const bool inside = box.left > -most_cut_off && box.top > -most_cut_off &&
                          box.left + box.width < 1 + most_cut_off && box.top + box.height < 1 + most_cut_off;
      if (!inside || std::abs(pose.yaw) > most_turned || std::abs(pose.pitch) > most_turned) continue;
      const PixelRect pixels = to_pixels(box, picture.size());
      faces.push_back({paths[i].stem().string(), std::move(picture), pixels});
    }
  }
  std::printf("%zu faces that look at the camera, of %zu pictures\n", faces.size(), looked_at);
  return faces;
}

// The part of a box that the picture shows.
PixelRect visible(const PixelRect& box, Size picture) {
  return intersection(box, {0, 0, static_cast<float>(picture.width), static_cast<float>(picture.height)});
}

// How well the pasted faces were found: by overlap of half, of three tenths, and at all (a box whose centre lies on the
// face); by the detector alone and with the mesh.
struct Count {
  int pasted = 0;
  std::array<int, 3> detector = {};
  std::array<int, 3> pipeline = {};

  [[nodiscard]] std::string text() const {
    char line[200];
    const auto percent = [this](int found) { return 100.0 * found / std::max(1, pasted); };
    (void)std::snprintf(line, sizeof line,
                        "%4d faces | pipeline %5.1f %% (IoU > .3: %5.1f, any: %5.1f) | detector %5.1f (%5.1f, %5.1f)",
                        pasted, percent(pipeline[0]), percent(pipeline[1]), percent(pipeline[2]), percent(detector[0]),
                        percent(detector[1]), percent(detector[2]));
    return line;
  }
};

bool is_at(const PixelRect& found, const PixelRect& truth, std::size_t measure) {
  if (measure == 0) return iou(found, truth) > 0.5F;
  if (measure == 1) return iou(found, truth) > 0.3F;
  const Point a = found.centre();
  return a.x > truth.left && a.x < truth.right() && a.y > truth.top && a.y < truth.bottom() &&
         found.width < 2 * truth.width && truth.width < 2 * found.width;
}

void write_sample(Bench& bench, const std::string& source, bool is_face, const detect::FaceDetection& found,
                  const Image& image) {
  if (!bench.samples.is_open()) return;
  const FaceMesh mesh = value_or_exit(bench.mesher.mesh(image, found.box, found.landmarks));
  bench.samples << source << ',' << (is_face ? 1 : 0) << ',' << found.score << ',' << mesh.score << ','
                << found.box.left << ',' << found.box.top << ',' << found.box.width << ',' << found.box.height << '\n';
}

// Looks for the faces that are at `truths`, and counts.
void look(Bench& bench, const std::string& source, const Image& picture, const std::vector<PixelRect>& truths,
          Count& count) {
  const Image image = through_jpeg(picture);
  const auto detections = value_or_exit(bench.analyzer.detector().detect(image));
  const auto faces = value_or_exit(bench.analyzer.analyze(image, {.max_faces = 500}));
  for (const PixelRect& truth : truths) {
    const PixelRect shown = visible(truth, image.size());
    ++count.pasted;
    for (std::size_t measure = 0; measure < 3; ++measure) {
      count.detector[measure] += std::any_of(detections.begin(), detections.end(), [&](const auto& found) {
        return is_at(visible(found.box, image.size()), shown, measure);
      });
      count.pipeline[measure] += std::any_of(faces.begin(), faces.end(), [&](const auto& found) {
        return is_at(visible(to_pixels(found.box, image.size()), image.size()), shown, measure);
      });
    }
  }
  for (const auto& found : detections) {
    const PixelRect shown = visible(found.box, image.size());
    const bool right = std::any_of(truths.begin(), truths.end(), [&](const PixelRect& truth) {
      return is_at(shown, visible(truth, image.size()), 1);
    });
    if (right) write_sample(bench, source, true, found, image);
  }
}

// A scene to paste into: one of those given, or grey.
Image scene_number(const Bench& bench, std::size_t number) {
  if (!bench.scenes.empty()) return bench.scenes[number % bench.scenes.size()].clone();
  Image grey(scene_size);
  grey.fill(110, 120, 130);
  return grey;
}

// Faces of one width, each alone in a scene, at places that change from face to face.
//
// Alone, because YuNet sees further than a face: its coarse levels are added to the fine ones, and forty faces of 24 px
// in one picture raise each other's scores enough to be found in 94 instead of 77 % of the cases (at 960x544).
void measure_small(Bench& bench) {
  for (const float width : {16.0F, 20.0F, 24.0F, 28.0F, 32.0F, 40.0F, 60.0F}) {
    Count count;
    for (std::size_t i = 0; i < bench.faces.size(); ++i) {
      Image scene = scene_number(bench, i);
      const FaceCut cut = cut_face(bench.faces[i].picture, bench.faces[i].box, width, margin);
      // Steps that share no divisor with the ranges visit the whole scene.
      const auto left = i * 787 % static_cast<std::size_t>(scene.width() - cut.piece.width());
      const auto top = i * 467 % static_cast<std::size_t>(scene.height() - cut.piece.height());
      const PixelRect truth = paste(cut, scene, static_cast<int>(left), static_cast<int>(top));
      look(bench, "small", scene, {truth}, count);
    }
    std::printf("alone, %2.0f px in 1920x1080:   %s\n", width, count.text().c_str());
  }
}

// The same in a grid of 8 x 6 places of every scene.
void measure_together(Bench& bench) {
  constexpr std::size_t columns = 8;
  constexpr std::size_t rows = 6;
  for (const float width : {16.0F, 20.0F, 24.0F, 28.0F, 32.0F, 40.0F}) {
    Count count;
    for (std::size_t first = 0; first < bench.faces.size(); first += columns * rows) {
      Image scene = scene_number(bench, first / (columns * rows));
      std::vector<PixelRect> truths;
      for (std::size_t i = first; i < std::min(bench.faces.size(), first + columns * rows); ++i) {
        const FaceCut cut = cut_face(bench.faces[i].picture, bench.faces[i].box, width, margin);
        const std::size_t place = i - first;
        // Off the grid by steps that differ, so that no grid of the detector is favoured.
        const auto left = place % columns * 236 + i * 37 % 90;
        const auto top = place / columns * 176 + i * 29 % 40;
        truths.push_back(paste(cut, scene, static_cast<int>(left), static_cast<int>(top)));
      }
      look(bench, "together", scene, truths, count);
    }
    std::printf("48 in one, %2.0f px:            %s\n", width, count.text().c_str());
  }
}

// A hundred faces side by side.
void measure_crowd(Bench& bench) {
  for (const float width : {32.0F, 40.0F, 46.0F}) {
    Count count;
    for (std::size_t first = 0; first + 100 <= bench.faces.size(); first += 100) {
      Image scene = scene_number(bench, first / 100);
      std::vector<PixelRect> truths;
      for (std::size_t i = 0; i < 100; ++i) {
        const KnownFace& face = bench.faces[first + i];
        const FaceCut cut = cut_face(face.picture, face.box, width, 0.35F);
        truths.push_back(paste(cut, scene, static_cast<int>(420 + i % 10 * 108), static_cast<int>(i / 10 * 108)));
      }
      look(bench, "crowd", scene, truths, count);
    }
    std::printf("100 in one, %2.0f px each:      %s\n", width, count.text().c_str());
  }
}

// Faces of which a half or three quarters are inside the picture, at each of its sides.
void measure_border(Bench& bench) {
  for (const float shown : {0.5F, 0.75F}) {
    for (const float width : {60.0F, 120.0F, 240.0F}) {
      Count count;
      for (std::size_t i = 0; i < std::min<std::size_t>(bench.faces.size(), 200); ++i) {
        Image scene = scene_number(bench, i);
        const FaceCut cut = cut_face(bench.faces[i].picture, bench.faces[i].box, width, margin);
        const PixelRect& face = cut.face;
        const std::array<Point, 4> corners = {{{-(1 - shown) * face.width, 400},
                                               {900, -(1 - shown) * face.height},
                                               {1920 - shown * face.width, 400},
                                               {900, 1080 - shown * face.height}}};
        const Point corner = corners[i % 4];
        const PixelRect truth =
            paste(cut, scene, static_cast<int>(corner.x - face.left), static_cast<int>(corner.y - face.top));
        look(bench, "border", scene, {truth}, count);
      }
      std::printf("cut off, %2.0f %% of %3.0f px shown: %s\n", 100 * shown, width, count.text().c_str());
    }
  }
}

void measure_turned(Bench& bench) {
  for (int quarters = 0; quarters < 4; ++quarters) {
    Count whole;
    Count scene_count;
    for (std::size_t i = 0; i < bench.faces.size(); ++i) {
      const auto look_turned = [&](Image picture, PixelRect truth, Count& count) {
        for (int k = 0; k < quarters; ++k) {
          truth = turned(truth, picture.size());
          picture = turned(std::move(picture));
        }
        look(bench, "turned " + std::to_string(90 * quarters), picture, {truth}, count);
      };
      look_turned(bench.faces[i].picture.clone(), bench.faces[i].box, whole);
      if (i % 4 != 0) continue;
      Image scene(scene_size);
      scene.fill(110, 120, 130);
      const FaceCut cut = cut_face(bench.faces[i].picture, bench.faces[i].box, 240, margin);
      const PixelRect truth = paste(cut, scene, static_cast<int>(i * 7 % 1000), 300);
      look_turned(std::move(scene), truth, scene_count);
    }
    std::printf("turned by %3d, LFW picture:    %s\n", 90 * quarters, whole.text().c_str());
    std::printf("turned by %3d, 240 px of 1080p: %s\n", 90 * quarters, scene_count.text().c_str());
  }
}

void measure_light(Bench& bench) {
  const auto each = [&](const std::string& name, const std::function<Image(const KnownFace&, std::size_t)>& change) {
    Count count;
    for (std::size_t i = 0; i < bench.faces.size(); ++i) {
      look(bench, name, change(bench.faces[i], i), {bench.faces[i].box}, count);
    }
    std::printf("%-30s %s\n", name.c_str(), count.text().c_str());
  };
  const auto number = [](float value) { return std::to_string(value).substr(0, 4); };
  for (const float gain : {0.5F, 0.25F, 0.12F, 0.06F}) {
    for (const float noise : {4.0F, 12.0F}) {
      each("night x" + number(gain) + " noise " + number(noise), [&](const KnownFace& face, std::size_t i) {
        return at_night(face.picture, gain, noise, static_cast<std::uint32_t>(i));
      });
    }
  }
  for (const float strength : {120.0F, 255.0F, 500.0F}) {
    for (const float radius : {0.4F, 0.8F}) {
      each("glare " + number(strength) + " radius " + number(radius), [&](const KnownFace& face, std::size_t i) {
        const float side = i % 2 == 0 ? 0.1F : 0.9F;  // a light beside the cheek
        const Point centre = {face.box.left + side * face.box.width, face.box.top + 0.4F * face.box.height};
        return with_glare(face.picture, centre, radius * face.box.width, strength);
      });
    }
  }
}

// Where no face is: what is found all the same, by confidence.
struct FalseFaces {
  int pictures = 0;
  int detections = 0;
  std::vector<float> confidences = {};

  [[nodiscard]] int at(float confidence) const {
    return static_cast<int>(
        std::count_if(confidences.begin(), confidences.end(), [=](float value) { return value >= confidence; }));
  }
};

void look_for_none(Bench& bench, const std::string& source, const std::string& name, const Image& original,
                   FalseFaces& count) {
  const Image picture = through_jpeg(original);
  const auto detections = value_or_exit(bench.analyzer.detector().detect(picture));
  const auto faces = value_or_exit(bench.analyzer.analyze(picture, {.max_faces = 500}));
  ++count.pictures;
  count.detections += static_cast<int>(detections.size());
  for (const auto& face : faces) {
    const PixelRect box = to_pixels(face.box, picture.size());
    std::printf("  a false face: %s, %.0fx%.0f at (%.0f, %.0f), confidence %.2f\n", name.c_str(), box.width, box.height,
                box.left, box.top, face.confidence);
    count.confidences.push_back(face.confidence);
  }
  const std::string named = std::string(source).append(":").append(name);
  for (const auto& found : detections) write_sample(bench, named, false, found, picture);
}

void print(const char* name, const FalseFaces& count) {
  std::printf("%-30s %4d pictures, %3d detections; false faces %d, of confidence 90 %d, of 99 %d\n", name,
              count.pictures, count.detections, count.at(0), count.at(90), count.at(99));
}

// Each picture also in other sizes, turned, mirrored by a half turn, and dark.
void measure_faceless(Bench& bench, const fs::path& folder) {
  FalseFaces patterns;
  for (const Pattern& pattern : make_patterns()) {
    look_for_none(bench, "pattern", pattern.name, pattern.image, patterns);
  }
  print("patterns", patterns);
  if (folder.empty()) return;
  FalseFaces pictures;
  for (const fs::path& path : list_pictures(folder)) {
    const Image whole = read_image(path);
    const std::string name = path.filename().string();
    for (const float scale : {1.0F, 0.7F, 0.5F, 0.35F, 1.6F}) {
      const Size size = {std::max(80, static_cast<int>(static_cast<float>(whole.width()) * scale)),
                         std::max(80, static_cast<int>(static_cast<float>(whole.height()) * scale))};
      const Image scaled = resize(whole, size);
      look_for_none(bench, "faceless", name, scaled, pictures);
      look_for_none(bench, "faceless", std::string(name).append(" dark"), at_night(scaled, 0.3F, 6, 1), pictures);
      look_for_none(bench, "faceless", std::string(name).append(" turned"), turned(scaled.clone()), pictures);
    }
  }
  print("pictures without a face", pictures);
}

// What is left of LFW's pictures when their face is hidden. Other people stand in some of them: see the list.
void measure_hidden(Bench& bench) {
  FalseFaces count;
  for (const KnownFace& face : bench.faces) {
    const PixelRect hidden = {face.box.left - 0.2F * face.box.width, face.box.top - 0.2F * face.box.height,
                              1.4F * face.box.width, 1.4F * face.box.height};
    look_for_none(bench, "hidden", face.name, with_hidden(face.picture, hidden), count);
  }
  print("LFW, the face hidden", count);
}

int run(int argument_count, char** arguments) {
  std::string data;
  std::string packs;
  std::string scenes_folder;
  std::string faceless;
  std::string samples;
  std::string only;
  std::size_t wanted = 300;
  bool f32 = false;
  pipeline::AnalyzerOptions options;
  CLI::App app("Hard pictures through the whole pipeline");
  app.add_option("data", data);
  app.add_option("packs", packs);
  app.add_option("--scenes", scenes_folder);
  app.add_option("--faceless", faceless);
  app.add_option("--samples", samples);
  app.add_option("--only", only, "small, together, crowd, border, turned, light, faceless or hidden");
  app.add_option("--faces", wanted);
  app.add_option("--detector", options.detector);
  app.add_flag("--f32", f32);
  CLI11_PARSE(app, argument_count, arguments);
  if (data.empty() || packs.empty() || !fs::exists(fs::path(data) / "images")) {
    std::printf("hard_pictures: skipped, no data (usage: hard_pictures DATA PACKS)\n");
    return 0;
  }
  options.packs = {packs};
  options.runtime.precision = f32 ? infer::Precision::f32 : infer::Precision::automatic;
  const auto analyzer = value_or_exit(pipeline::ImageAnalyzer::create(options));
  const auto runtime = value_or_exit(infer::Runtime::create(options.runtime));
  const auto mesher = value_or_exit(align::FaceMesher::create(
      *runtime, value_or_exit(infer::open_pack(options.packs, options.face_mesh, infer::Task::face_mesh)),
      value_or_exit(infer::open_pack(options.packs, options.iris, infer::Task::iris))));
  const std::vector<KnownFace> faces = read_faces(*analyzer, fs::path(data) / "images", wanted);
  std::vector<Image> scenes;
  if (!scenes_folder.empty()) {
    for (const fs::path& path : list_pictures(scenes_folder)) scenes.push_back(resize(read_image(path), scene_size));
  }
  Bench bench{*analyzer, *mesher, faces, scenes, {}};
  if (!samples.empty()) bench.samples.open(samples);
  const auto asked = [&](const char* name) { return only.empty() || only == name; };
  if (asked("small")) measure_small(bench);
  if (asked("together")) measure_together(bench);
  if (asked("crowd")) measure_crowd(bench);
  if (asked("border")) measure_border(bench);
  if (asked("turned")) measure_turned(bench);
  if (asked("light")) measure_light(bench);
  if (asked("faceless")) measure_faceless(bench, faceless);
  if (asked("hidden")) measure_hidden(bench);
  return 0;
}

}  // namespace
}  // namespace likeness::bench

int main(int count, char** arguments) { return likeness::bench::run(count, arguments); }
