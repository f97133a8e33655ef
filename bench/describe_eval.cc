// How right src/describe is: attributes against labels, pose, gaze and covers against rendered truth, quality under
// blur and gain, through the real detector, mesh and irises. docs/attributes.md has the tables it prints.
//
//   describe_eval --data DIR --packs DIR [--labels FILE] [--measures FILE]
//
// DIR of the data has lfw-dev/images/<Name>/<Name>_NNNN.jpg; without it the program says so and leaves with 0.
// --measures writes the measures of every labelled or covered face for bench/describe_eval_fit.py.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <map>
#include <optional>
#include <random>
#include <sstream>
#include <string>
#include <vector>

#include "describe/attributes.h"
#include "describe/eye_direction.h"
#include "describe/face_chip.h"
#include "describe/face_description.h"
#include "describe/head_frame.h"
#include "describe/pose.h"
#include "describe_eval_faces.h"
#include "describe_eval_render.h"

namespace likeness::bench {
namespace {

namespace fs = std::filesystem;
using describe::CoverCues;
using describe::describe_face;
using describe::FaceDescription;
using describe::Judgement;
using describe::Pose;

struct Label {
  std::string image;
  bool test = false;                         // else of the half that the coefficients are fitted on
  std::array<std::optional<bool>, 4> truth;  // smile, mouth open, eyes open, face occluded
  std::optional<int> gaze;                   // -1: to the left edge of the picture, 0: ahead, 1: right
};
constexpr std::array<const char*, 4> questions = {"smile", "mouth_open", "eyes_open", "face_occluded"};

struct Example {
  Label label;
  Image image;
  SeenFace face;
};

std::vector<Label> read_labels(const fs::path& path) {
  std::ifstream file(path);
  std::string line;
  std::getline(file, line);
  std::vector<Label> labels;
  while (std::getline(file, line)) {
    std::istringstream fields(line);
    Label label;
    std::string field;
    std::getline(fields, label.image, ',');
    std::getline(fields, field, ',');
    label.test = field == "test";
    for (auto& truth : label.truth) {
      field.clear();
      std::getline(fields, field, ',');
      if (!field.empty()) truth = field == "1";
    }
    field.clear();
    std::getline(fields, field, ',');
    if (!field.empty()) label.gaze = std::stoi(field);
    labels.push_back(label);
  }
  return labels;
}

std::vector<Example> load(const std::vector<Label>& labels, const fs::path& images, const FaceFinder& finder) {
  std::vector<Example> examples;
  int lost = 0;
  for (const Label& label : labels) {
    const std::string person = label.image.substr(0, label.image.rfind('_'));
    std::optional<Image> image = read_picture(images / person / (label.image + ".jpg"));
    std::optional<SeenFace> face = image ? finder.find(*image) : std::nullopt;
    if (face) {
      examples.push_back({label, std::move(*image), *face});
    } else {
      ++lost;
    }
  }
  std::printf("%zu labelled pictures, %d without a picture or a face\n", labels.size(), lost);
  return examples;
}

// --- yes or no ---

struct Answer {
  bool truth;
  double logit;  // above 0: yes
};

Answer answer(bool truth, const Judgement& judgement) {
  const double p = std::clamp(static_cast<double>(judgement.confidence) / 100, 0.5, 1 - 1e-7);
  return {truth, (judgement.value ? 1 : -1) * std::log(p / (1 - p))};
}

void print_answers(const char* name, const std::vector<Answer>& answers) {
  double yes = 0;
  double right_yes = 0;
  double right_no = 0;
  double loss = 0;
  double above = 0;
  for (const Answer& a : answers) {
    yes += a.truth ? 1 : 0;
    right_yes += a.truth && a.logit > 0 ? 1 : 0;
    right_no += !a.truth && a.logit <= 0 ? 1 : 0;
    loss += std::log1p(std::exp(a.truth ? -a.logit : a.logit));
    for (const Answer& b : answers) {
      if (a.truth && !b.truth) above += a.logit > b.logit ? 1 : a.logit == b.logit ? 0.5 : 0;
    }
  }
  const auto n = static_cast<double>(answers.size());
  const double no = n - yes;
  if (yes == 0 || no == 0) return;
  const double rate = yes / n;
  std::printf("| %s | %.0f (%.0f yes) | %.1f | %.1f | %.1f | %.3f | %.0f / %.0f | %.0f / %.0f | %.3f | %.3f |\n", name,
              n, yes, 100 * (right_yes + right_no) / n, 100 * std::max(rate, 1 - rate),
              50 * (right_yes / yes + right_no / no), above / (yes * no), right_yes, yes, right_no, no, loss / n,
              -rate * std::log(rate) - (1 - rate) * std::log(1 - rate));
}

const std::optional<Judgement>& judgement_of(const FaceDescription& face, std::size_t question) {
  if (question == 0) return face.smile;
  if (question == 1) return face.mouth_open;
  if (question == 2) return face.eyes_open;
  return face.face_occluded;
}

void evaluate_labels(const std::vector<Example>& examples) {
  std::puts(
      "\n| question, half | n | right % | constant % | balanced % | AUC | yes found | no found | log loss | constant "
      "|");
  std::puts("|---|---|---|---|---|---|---|---|---|---|");
  for (std::size_t question = 0; question < questions.size(); ++question) {
    for (const bool test : {false, true}) {
      std::vector<Answer> answers;
      for (const Example& example : examples) {
        if (example.label.test != test || !example.label.truth[question]) continue;
        const FaceDescription face = describe_face(example.image, example.face.box, example.face.mesh);
        if (const auto& judgement = judgement_of(face, question)) {
          answers.push_back(answer(*example.label.truth[question], *judgement));
        }
      }
      print_answers((std::string(questions[question]) + (test ? ", test" : ", fit")).c_str(), answers);
    }
  }
}

void print_measures(std::ofstream& out, const std::string& name, const char* half, const Image& image,
                    const SeenFace& face, const std::string& labels) {
  const describe::HeadFrame frame = describe::fit_head_frame(face.mesh);
  const describe::MouthShape mouth = describe::mouth_shape(face.mesh, frame);
  const CoverCues cues = describe::cover_cues(describe::FaceChip(image, face.box, face.mesh), face.mesh);
  const std::optional<float> arch = describe::lid_arch(face.mesh);
  out << name << ',' << half << ',' << labels << ',' << arch.value_or(0) << ',' << describe::lip_gap(face.mesh) << ','
      << mouth.width << ',' << mouth.corner_height << ',' << mouth.corner_depth << ',' << cues.eye_darkness << ','
      << cues.eye_tint << ',' << cues.doubt << '\n';
}

// Every face that is labelled as not covered, with a mask and with a hand.
void evaluate_covers(const std::vector<Example>& examples, const FaceFinder& finder, std::ofstream& measures) {
  struct Count {
    int all = 0;
    int found = 0;
    int seen = 0;
    int below_half = 0;
  };
  std::map<std::string, Count> counts;
  std::uint32_t seed = 1;
  for (const Example& example : examples) {
    if (example.label.truth[3] != false) continue;
    for (const bool mask : {true, false}) {
      ++seed;
      const Image image = mask ? render_mask(example.image, example.face.mesh, seed)
                               : render_hand(example.image, example.face.mesh, seed);
      const char* half = example.label.test ? "test" : "fit";
      Count& count = counts[std::string(mask ? "mask" : "hand") + ", " + half];
      ++count.all;
      const std::optional<SeenFace> face = finder.find(image);
      if (!face) continue;
      ++count.found;
      count.below_half += face->mesh.score < 0.5F ? 1 : 0;
      count.seen += describe_face(image, face->box, face->mesh).face_occluded->value ? 1 : 0;
      if (measures) print_measures(measures, mask ? "mask" : "hand", half, image, *face, ",,,1");
    }
  }
  std::puts(
      "\n| rendered cover, half | n | found by the detector | of these, mesh score under 0.5 | judged occluded |");
  std::puts("|---|---|---|---|---|");
  for (const auto& [name, count] : counts) {
    std::printf("| %s | %d | %d | %d | %d |\n", name.c_str(), count.all, count.found, count.below_half, count.seen);
  }
}

void evaluate_closed_eyes(const std::vector<Example>& examples, const FaceFinder& finder) {
  int all = 0;
  int fell = 0;
  int closed = 0;
  double before_sum = 0;
  double after_sum = 0;
  for (const Example& example : examples) {
    if (example.label.truth[2] != true || !example.label.test) continue;
    const std::optional<SeenFace> face = finder.find(render_closed_eyes(example.image, example.face.mesh));
    const std::optional<float> before = describe::lid_arch(example.face.mesh);
    const std::optional<float> after = face ? describe::lid_arch(face->mesh) : std::nullopt;
    if (!before || !after) continue;
    ++all;
    before_sum += static_cast<double>(*before);
    after_sum += static_cast<double>(*after);
    fell += *after < *before ? 1 : 0;
    closed += describe::judge_eyes_open(*after).value ? 0 : 1;
  }
  std::printf(
      "\nLids drawn down on %d open eyes of the test half: the arch falls in %d, from %.2f to %.2f in the mean; "
      "%d judged closed\n",
      all, fell, before_sum / std::max(all, 1), after_sum / std::max(all, 1), closed);
}

// --- angles ---

// A measured and a true angle, degrees.
struct Angle {
  double truth;
  double measured;
};

void print_angles(const char* name, const std::vector<Angle>& angles) {
  std::vector<double> errors;
  double constant = 0;
  double bias = 0;
  double truth_squared = 0;
  double product = 0;
  for (const Angle& angle : angles) {
    const double error = std::remainder(angle.measured - angle.truth, 360.0);
    errors.push_back(std::abs(error));
    bias += error;
    constant += std::abs(angle.truth);
    truth_squared += angle.truth * angle.truth;
    product += angle.truth * (angle.truth + error);
  }
  const auto n = static_cast<double>(angles.size());
  if (angles.empty()) return;
  double sum = 0;
  for (const double error : errors) sum += error;
  std::sort(errors.begin(), errors.end());
  std::printf("| %s | %zu | %.1f | %.1f | %.1f | %+.1f | %.2f |\n", name, angles.size(), sum / n, constant / n,
              errors[errors.size() * 95 / 100], bias / n, truth_squared > 0 ? product / truth_squared : 0);
}

void print_angle_heading(const char* what) {
  std::printf("\n| %s | n | mean error | constant 0 | 95 %% below | bias | slope |\n|---|---|---|---|---|---|---|\n",
              what);
}

bool is_frontal(const Pose& pose) {
  return std::abs(pose.yaw) < 6 && std::abs(pose.pitch) < 6 && std::abs(pose.roll) < 10;
}

Pose pose_of(const FaceMesh& mesh) { return estimate_pose(mesh, describe::fit_head_frame(mesh)); }

void evaluate_pose(const std::vector<Example>& examples, const FaceFinder& finder) {
  std::minstd_rand random(7);
  std::uniform_real_distribution<float> unit(-1, 1);
  std::array<std::vector<Angle>, 3> upright;  // yaw, pitch, roll, where the head leans by at most 30
  std::array<std::vector<Angle>, 3> wide;     // of these, where yaw is beyond 30
  std::array<std::vector<Angle>, 3> leaning;  // where the head leans by more than 30
  std::array<std::vector<Angle>, 3> sums;     // mirrored upright pairs: what should cancel
  int sources = 0;
  int lost = 0;
  for (const Example& example : examples) {
    const describe::HeadFrame frame = describe::fit_head_frame(example.face.mesh);
    if (sources >= 40 || !is_frontal(estimate_pose(example.face.mesh, frame))) continue;
    ++sources;
    for (int i = 0; i < 8; ++i) {
      const Pose truth = {.roll = 45 * unit(random), .yaw = 45 * unit(random), .pitch = 25 * unit(random)};
      std::array<std::optional<Pose>, 2> measured;
      for (const bool mirrored : {false, true}) {
        const Pose to = mirrored ? Pose{-truth.roll, -truth.yaw, truth.pitch} : truth;
        const Image image = render_turned(example.image, example.face.mesh, frame, to, 256);
        const std::optional<SeenFace> face = finder.find(image);
        if (!face || face->mesh.score < 0.5F) {  // the pipeline drops these
          ++lost;
          continue;
        }
        const Pose seen = pose_of(face->mesh);
        measured[mirrored ? 1 : 0] = seen;
        const std::array<Angle, 3> angles = {Angle{to.yaw, seen.yaw}, {to.pitch, seen.pitch}, {to.roll, seen.roll}};
        for (std::size_t k = 0; k < 3; ++k) {
          (std::abs(to.roll) > 30 ? leaning : upright)[k].push_back(angles[k]);
          if (std::abs(to.roll) <= 30 && std::abs(to.yaw) > 30) wide[k].push_back(angles[k]);
        }
      }
      if (measured[0] && measured[1] && std::abs(truth.roll) <= 30) {
        sums[0].push_back({0, measured[0]->yaw + measured[1]->yaw});
        sums[1].push_back({0, measured[0]->pitch - measured[1]->pitch});
        sums[2].push_back({0, measured[0]->roll + measured[1]->roll});
      }
    }
  }
  std::printf("\nPose: %d frontal faces turned by up to 45 (yaw), 25 (pitch), 45 (roll) degrees; %d not found\n",
              sources, lost);
  print_angle_heading("degrees");
  constexpr std::array<const char*, 3> names = {"yaw", "pitch", "roll"};
  const auto print = [&](const char* where, const std::array<std::vector<Angle>, 3>& angles) {
    for (std::size_t k = 0; k < 3; ++k) print_angles((std::string(names[k]) + where).c_str(), angles[k]);
  };
  print(", roll to 30", upright);
  print(", roll to 30, yaw over 30", wide);
  print(", roll 30 to 45", leaning);
  print(", roll to 30, mirrored pair", sums);
}

void evaluate_gaze(const std::vector<Example>& examples, const FaceFinder& finder) {
  std::minstd_rand random(11);
  std::uniform_real_distribution<float> unit(-1, 1);
  std::array<std::vector<Angle>, 4> angles;  // yaw, pitch: as they are; as changes from the source's
  int sources = 0;
  for (const Example& example : examples) {
    const auto source = describe::estimate_eye_direction(example.face.mesh);
    const FaceDescription described = describe_face(example.image, example.face.box, example.face.mesh);
    if (sources >= 80 || !source || !described.eye_direction) continue;
    if (std::abs(described.pose.yaw) > 10 || std::abs(described.pose.pitch) > 10) continue;
    ++sources;
    for (int i = 0; i < 4; ++i) {
      const float yaw = 25 * unit(random);
      const float pitch = 15 * unit(random);
      const std::optional<SeenFace> face = finder.find(render_gaze(example.image, example.face.mesh, yaw, pitch));
      const auto seen = face ? describe::estimate_eye_direction(face->mesh) : std::nullopt;
      if (!seen) continue;
      angles[0].push_back({yaw, seen->yaw});
      angles[1].push_back({pitch, seen->pitch});
      angles[2].push_back({yaw, seen->yaw - source->yaw});
      angles[3].push_back({pitch, seen->pitch - source->pitch});
    }
  }
  std::printf("\nEye direction: irises of %d frontal faces moved by up to 25 (yaw) and 15 (pitch) degrees\n", sources);
  print_angle_heading("degrees");
  print_angles("yaw, the source taken as 0", angles[0]);
  print_angles("pitch, the source taken as 0", angles[1]);
  print_angles("yaw, change from the source", angles[2]);
  print_angles("pitch, change from the source", angles[3]);
}

void evaluate_gaze_labels(const std::vector<Example>& examples) {
  std::puts("\n| eyes that look, by label | n | measured yaw: lowest | median | highest |\n|---|---|---|---|---|");
  constexpr std::array<const char*, 3> names = {"to the left edge", "ahead", "to the right edge"};
  for (int gaze = -1; gaze <= 1; ++gaze) {
    std::vector<float> yaw;
    for (const Example& example : examples) {
      if (example.label.gaze != gaze) continue;
      if (const auto seen = describe::estimate_eye_direction(example.face.mesh)) yaw.push_back(seen->yaw);
    }
    if (yaw.empty()) continue;
    std::sort(yaw.begin(), yaw.end());
    std::printf("| %s | %zu | %.0f | %.0f | %.0f |\n", names[static_cast<std::size_t>(gaze + 1)], yaw.size(),
                static_cast<double>(yaw.front()), static_cast<double>(yaw[yaw.size() / 2]),
                static_cast<double>(yaw.back()));
  }
}

// --- quality ---

float quantile(std::vector<float> values, double q) {
  std::sort(values.begin(), values.end());
  return values[static_cast<std::size_t>(q * static_cast<double>(values.size() - 1))];
}

void print_quality(const char* name, const std::vector<Example>& examples, const std::vector<Image>& images) {
  std::vector<float> brightness;
  std::vector<float> sharpness;
  for (std::size_t i = 0; i < images.size(); ++i) {
    const FaceDescription face = describe_face(images[i], examples[i].face.box, examples[i].face.mesh);
    brightness.push_back(face.quality.brightness);
    sharpness.push_back(face.quality.sharpness);
  }
  std::printf("| %s |", name);
  for (const auto* values : {&sharpness, &brightness}) {
    for (const double q : {0.05, 0.5, 0.95}) std::printf(" %.1f |", static_cast<double>(quantile(*values, q)));
  }
  std::puts("");
}

void evaluate_quality(const std::vector<Example>& examples) {
  std::puts(
      "\n| LFW, 200 faces | sharpness 5 % | median | 95 % | brightness 5 % | median | 95 % "
      "|\n|---|---|---|---|---|---|---|");
  const std::size_t count = std::min<std::size_t>(examples.size(), 200);
  const auto with = [&](const char* name, const auto& change) {
    std::vector<Image> images;
    for (std::size_t i = 0; i < count; ++i) images.push_back(change(examples[i]));
    print_quality(name, examples, images);
  };
  with("as they are", [](const Example& e) { return e.image.clone(); });
  for (const float percent : {1.0F, 2.0F, 3.0F, 4.0F, 6.0F}) {
    char name[64];
    std::snprintf(name, sizeof name, "blurred, sigma %.0f %% of the face's width", static_cast<double>(percent));
    with(name, [&](const Example& e) { return gaussian_blur(e.image, e.face.box.width * percent / 100); });
  }
  for (const float gain : {0.25F, 0.5F, 1.5F}) {
    char name[64];
    std::snprintf(name, sizeof name, "times %.2f", static_cast<double>(gain));
    with(name, [&](const Example& e) { return multiply(e.image, gain); });
  }
}

void time_describe(const std::vector<Example>& examples) {
  const std::clock_t start = std::clock();  // of the processor: other work on the machine does not count
  float sum = 0;                            // so that nothing is left out
  int calls = 0;
  for (int round = 0; round < 5; ++round) {
    for (const Example& example : examples) {
      sum += describe_face(example.image, example.face.box, example.face.mesh).quality.sharpness;
      ++calls;
    }
  }
  const double milliseconds = 1000.0 * static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
  std::printf("\ndescribe_face: %.3f ms of one core a face (limit 0.3; mean sharpness %.1f)\n", milliseconds / calls,
              static_cast<double>(sum) / calls);
}

std::string label_fields(const Label& label) {
  std::string fields;
  for (std::size_t i = 0; i < label.truth.size(); ++i) {
    if (i > 0) fields += ',';
    if (label.truth[i]) fields += *label.truth[i] ? '1' : '0';
  }
  return fields;
}

int run(const fs::path& data, const fs::path& packs, const fs::path& labels, const std::string& measures_path) {
  const fs::path images = data / "lfw-dev" / "images";
  if (!fs::exists(images)) {
    std::printf("skipped: there are no pictures in %s (give their folder with --data)\n", images.c_str());
    return 0;
  }
  const auto finder = FaceFinder::create(packs);
  if (!finder.ok()) {
    std::fprintf(stderr, "%s\n", finder.error().message.c_str());
    return 1;
  }
  const std::vector<Example> examples = load(read_labels(labels), images, *finder);
  if (examples.empty()) return 1;
  std::ofstream measures;
  if (!measures_path.empty()) {
    measures.open(measures_path);
    measures << "image,half,smile,mouth_open,eyes_open,face_occluded,arch,gap,width,corner_height,corner_depth,"
                "eye_darkness,eye_tint,doubt\n";
    for (const Example& e : examples) {
      print_measures(measures, e.label.image, e.label.test ? "test" : "fit", e.image, e.face, label_fields(e.label));
    }
  } else {
    measures.setstate(std::ios::badbit);
  }
  evaluate_labels(examples);
  evaluate_covers(examples, *finder, measures);
  evaluate_closed_eyes(examples, *finder);
  evaluate_pose(examples, *finder);
  evaluate_gaze(examples, *finder);
  evaluate_gaze_labels(examples);
  evaluate_quality(examples);
  time_describe(examples);
  return 0;
}

}  // namespace
}  // namespace likeness::bench

int main(int argc, char** argv) {
  std::string data;
  std::string packs = LIKENESS_DEPS_DIR "/packs";
  std::string labels = LIKENESS_SOURCE_DIR "/bench/describe_labels.csv";
  std::string measures;
  CLI::App app("How right src/describe is, on labelled and rendered faces");
  app.add_option("--data", data, "folder with lfw-dev/images")->required();
  app.add_option("--packs", packs, "folder of installed model packs");
  app.add_option("--labels", labels, "the labels");
  app.add_option("--measures", measures, "write the measures of every face to this file");
  CLI11_PARSE(app, argc, argv);
  return likeness::bench::run(data, packs, labels, measures);
}
