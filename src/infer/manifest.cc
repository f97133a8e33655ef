#include "infer/manifest.h"

#include <toml++/toml.h>

#include <algorithm>
#include <array>
#include <initializer_list>
#include <optional>
#include <utility>

namespace likeness::infer {
namespace {

constexpr std::array<std::pair<Task, const char*>, 4> task_names = {{
    {Task::face_detection, "face_detection"},
    {Task::face_mesh, "face_mesh"},
    {Task::iris, "iris"},
    {Task::face_embedding, "face_embedding"},
}};

Error wrong(const std::string& key, const char* expected) {
  return {ErrorKind::corrupt, "\"" + key + "\" is absent or not " + expected};
}

Result<std::string> text_at(const toml::table& table, const std::string& key) {
  const std::optional<std::string> value = table[key].value<std::string>();
  if (!value || value->empty()) return wrong(key, "a text");
  return *value;
}

Result<double> number_at(const toml::table& table, const std::string& key) {
  const std::optional<double> value = table[key].value<double>();
  if (!value) return wrong(key, "a number");
  return *value;
}

// Clients see the version of an embedder as FaceModelVersion, and some of them take it apart.
bool is_major_minor(std::string_view text) {
  constexpr std::size_t most_digits = 9;
  const auto is_number = [](std::string_view part) {
    return !part.empty() && part.size() <= most_digits &&
           part.find_first_not_of("0123456789") == std::string_view::npos;
  };
  const std::size_t stop = text.find('.');
  return stop != std::string_view::npos && is_number(text.substr(0, stop)) && is_number(text.substr(stop + 1));
}

// Names become folders and metric labels, files are looked up in the pack's own folder only.
bool is_plain_name(const std::string& text, std::string_view alphabet) {
  return text.find_first_not_of(alphabet) == std::string::npos && text.front() != '.';
}

constexpr std::string_view name_characters = "abcdefghijklmnopqrstuvwxyz0123456789_";

// Which of `choices` the text at `key` is, as an index.
Result<std::size_t> choice_at(const toml::table& table, const std::string& key,
                              std::initializer_list<std::string_view> choices) {
  const std::string value = TRY(text_at(table, key));
  const auto found = std::find(choices.begin(), choices.end(), value);
  if (found == choices.end()) return wrong(key, "one of its known values");
  return static_cast<std::size_t>(found - choices.begin());
}

Result<InputSpec> parse_input(const toml::table& table) {
  InputSpec input;
  input.format.layout =
      TRY(choice_at(table, "layout", {"NCHW", "NHWC"})) == 0 ? TensorLayout::planar : TensorLayout::interleaved;
  input.format.order = TRY(choice_at(table, "channels", {"BGR", "RGB"})) == 0 ? ChannelOrder::bgr : ChannelOrder::rgb;
  input.format.scale = static_cast<float>(TRY(number_at(table, "scale")));
  const toml::array* mean = table["mean"].as_array();
  if (mean == nullptr || mean->size() != input.format.mean.size()) return wrong("mean", "three numbers");
  for (std::size_t i = 0; i < input.format.mean.size(); ++i) {
    const std::optional<float> value = (*mean)[i].value<float>();
    if (!value) return wrong("mean", "three numbers");
    input.format.mean[i] = *value;
  }
  input.size = {table["width"].value_or(0), table["height"].value_or(0)};
  if (input.size.width < 0 || input.size.height < 0) return wrong("width", "0 or more");
  return input;
}

Result<std::vector<CalibrationPoint>> parse_calibration(const toml::array& array) {
  std::vector<CalibrationPoint> points;
  for (const toml::node& node : array) {
    const toml::table* table = node.as_table();
    if (table == nullptr) return wrong("calibration", "a list of tables");
    CalibrationPoint point;
    point.false_match_rate = TRY(number_at(*table, "false_match_rate"));
    point.cosine = static_cast<float>(TRY(number_at(*table, "cosine")));
    point.similarity = static_cast<float>(TRY(number_at(*table, "similarity")));
    point.extrapolated = (*table)["extrapolated"].value_or(false);
    const bool in_range = point.false_match_rate > 0 && point.false_match_rate <= 1 && point.cosine > -1 &&
                          point.cosine < 1 && point.similarity >= 0 && point.similarity <= 100;
    const bool rises =
        points.empty() || (point.false_match_rate < points.back().false_match_rate &&
                           point.cosine > points.back().cosine && point.similarity > points.back().similarity);
    if (!in_range || !rises) return wrong("calibration", "in range and rising");
    points.push_back(point);
  }
  return points;
}

Result<std::vector<BlurPoint>> parse_blur(const toml::array& array) {
  std::vector<BlurPoint> points;
  for (const toml::node& node : array) {
    const toml::table* table = node.as_table();
    if (table == nullptr) return wrong("blurred_strangers", "a list of tables");
    BlurPoint point;
    point.sharpness = static_cast<float>(TRY(number_at(*table, "sharpness")));
    point.distance_factor = static_cast<float>(TRY(number_at(*table, "distance_factor")));
    const bool in_range = point.sharpness >= 0 && point.sharpness <= 100 && point.distance_factor >= 1;
    const bool in_order = points.empty() || (point.sharpness > points.back().sharpness &&
                                             point.distance_factor <= points.back().distance_factor);
    if (!in_range || !in_order) return wrong("blurred_strangers", "in range, the factor falling as sharpness rises");
    points.push_back(point);
  }
  if (!points.empty() && points.back().distance_factor != 1) return wrong("blurred_strangers", "1 at the end");
  return points;
}

Result<QualityModel> parse_quality(const toml::table& table) {
  QualityModel model;
  model.intercept = static_cast<float>(TRY(number_at(table, "intercept")));
  model.norm = static_cast<float>(TRY(number_at(table, "norm")));
  model.sharpness = static_cast<float>(TRY(number_at(table, "sharpness")));
  model.cover = static_cast<float>(TRY(number_at(table, "cover")));
  if (!(model.norm >= 0) || !(model.sharpness >= 0) || !(model.cover <= 0)) {
    return wrong("quality", "rising with norm and sharpness, and falling with cover");
  }
  return model;
}

Result<std::map<std::string, std::vector<double>>> parse_expected(const toml::table& table) {
  std::map<std::string, std::vector<double>> expected;
  for (const auto& [name, node] : table) {
    std::vector<double>& values = expected[std::string(name.str())];
    if (const toml::array* array = node.as_array()) {
      for (const toml::node& each : *array) {
        const std::optional<double> number = each.value<double>();
        if (!number) return wrong("expected", "made of numbers and lists of numbers");
        values.push_back(*number);
      }
    } else if (const std::optional<double> number = node.value<double>()) {
      values.push_back(*number);
    } else {
      return wrong("expected", "made of numbers and lists of numbers");
    }
  }
  return expected;
}

// [[join]]: at most this many, each of which costs an inference a face.
constexpr std::size_t most_joined = 4;

Result<std::vector<JoinedPack>> parse_joined(const toml::array& array) {
  std::vector<JoinedPack> joined;
  for (const toml::node& node : array) {
    const toml::table* table = node.as_table();
    if (table == nullptr) return wrong("join", "a list of tables");
    JoinedPack member;
    member.name = TRY(text_at(*table, "pack"));
    member.weight = static_cast<float>(TRY(number_at(*table, "weight")));
    const bool is_known =
        std::any_of(joined.begin(), joined.end(), [&](const JoinedPack& other) { return other.name == member.name; });
    if (!is_plain_name(member.name, name_characters) || is_known || !(member.weight > 0)) {
      return wrong("join", "made of different packs with weights above 0");
    }
    joined.push_back(std::move(member));
  }
  if (joined.size() < 2 || joined.size() > most_joined) return wrong("join", "two to four packs");
  return joined;
}

Result<std::vector<Point>> parse_chip_points(const toml::array& array) {
  constexpr std::size_t five = 5;
  std::vector<Point> points;
  for (const toml::node& node : array) {
    const toml::array* pair = node.as_array();
    if (pair == nullptr || pair->size() != 2) return wrong("chip_points", "five pairs of numbers");
    const std::optional<float> x = (*pair)[0].value<float>();
    const std::optional<float> y = (*pair)[1].value<float>();
    if (!x || !y) return wrong("chip_points", "five pairs of numbers");
    points.push_back({*x, *y});
  }
  if (points.size() != five) return wrong("chip_points", "five pairs of numbers");
  return points;
}

Result<ConfidenceModel> parse_confidence(const toml::table& table) {
  ConfidenceModel model;
  model.constant = static_cast<float>(TRY(number_at(table, "constant")));
  model.detector = static_cast<float>(TRY(number_at(table, "detector")));
  model.mesh = static_cast<float>(TRY(number_at(table, "mesh")));
  if (!(model.detector >= 0) || !(model.mesh >= 0)) return wrong("confidence", "rising with both scores");
  return model;
}

void collect_parameters(const toml::table& section, Manifest& manifest) {
  for (const auto& [name, node] : section) {
    const std::string key(name.str());
    if (const std::optional<bool> flag = node.value_exact<bool>()) {
      manifest.parameters[key] = *flag ? 1 : 0;
    } else if (const std::optional<double> number = node.value<double>()) {
      manifest.parameters[key] = *number;
    } else if (const std::optional<std::string> text = node.value<std::string>()) {
      manifest.texts[key] = *text;
    }
  }
}

Result<Task> parse_task(const std::string& text) {
  for (const auto& [task, name] : task_names) {
    if (text == name) return task;
  }
  return wrong("task", "a known task");
}

// What makes a pack one with a model file.
Result<void> read_model(const toml::table& root, Manifest& manifest) {
  constexpr std::string_view file_characters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-.";
  manifest.file = TRY(text_at(root, "file"));
  manifest.sha256 = TRY(text_at(root, "sha256"));
  if (!is_plain_name(manifest.file, file_characters)) return wrong("file", "a plain file name");
  manifest.bf16 = root["precision"]["bf16"].value_or(false);
  const toml::table* input = root["input"].as_table();
  if (input == nullptr) return wrong("input", "a table");
  manifest.input = TRY(parse_input(*input));
  for (const char* section : {"detector", "mesh", "embedder"}) {
    if (const toml::table* table = root[section].as_table()) collect_parameters(*table, manifest);
  }
  if (const toml::array* names = root["detector"]["outputs"].as_array()) {
    for (const toml::node& node : *names) {
      const std::optional<std::string> name = node.value<std::string>();
      if (!name || name->empty()) return wrong("outputs", "a list of names");
      manifest.outputs.push_back(*name);
    }
  }
  if (const toml::array* points = root["embedder"]["chip_points"].as_array()) {
    manifest.chip_points = TRY(parse_chip_points(*points));
  }
  return {};
}

Result<void> read_measurements(const toml::table& root, Manifest& manifest) {
  if (const toml::array* points = root["calibration"].as_array()) {
    manifest.calibration = TRY(parse_calibration(*points));
  }
  if (const toml::table* table = root["expected"].as_table()) manifest.expected = TRY(parse_expected(*table));
  if (const toml::table* table = root["confidence"].as_table()) manifest.confidence = TRY(parse_confidence(*table));
  if (const toml::table* quality = root["quality"].as_table()) manifest.quality = TRY(parse_quality(*quality));
  if (const toml::array* points = root["blurred_strangers"].as_array()) manifest.blur = TRY(parse_blur(*points));
  return {};
}

Result<Manifest> read_table(const toml::table& root) {
  Manifest manifest;
  const std::string task = TRY(text_at(root, "task"));
  manifest.name = TRY(text_at(root, "name"));
  if (!is_plain_name(manifest.name, name_characters)) return wrong("name", "made of a-z, 0-9 and _");
  manifest.task = TRY(parse_task(task));
  manifest.version = TRY(text_at(root, "version"));
  if (!is_major_minor(manifest.version)) return wrong("version", "two numbers with a full stop between them");
  if (root["licence"].value_or(std::string()).empty()) {
    return Error(ErrorKind::corrupt,
                 "\"licence\" is empty: a model is not run before its licence is known; write its SPDX identifier, or "
                 "LicenseRef- and a name for terms of its own");
  }
  manifest.licence = TRY(text_at(root, "licence"));
  manifest.provenance = TRY(text_at(root, "provenance"));
  if (const toml::array* joined = root["join"].as_array()) {
    if (manifest.task != Task::face_embedding) return wrong("join", "in a pack of the task face_embedding");
    manifest.joined = TRY(parse_joined(*joined));
  } else {
    TRY(read_model(root, manifest));
  }
  TRY(read_measurements(root, manifest));
  return manifest;
}

}  // namespace

const char* task_name(Task task) {
  for (const auto& [known, name] : task_names) {
    if (known == task) return name;
  }
  return "unknown";
}

Result<double> Manifest::parameter(const std::string& key) const {
  const auto found = parameters.find(key);
  if (found == parameters.end()) return wrong(key, "a number").within("pack " + name);
  return found->second;
}

Result<std::string> Manifest::text(const std::string& key) const {
  const auto found = texts.find(key);
  if (found == texts.end()) return wrong(key, "a text").within("pack " + name);
  return found->second;
}

Result<Manifest> parse_manifest(std::string_view text) {
  try {
    return read_table(toml::parse(text));
  } catch (const toml::parse_error& error) {
    return Error(ErrorKind::corrupt, "no TOML: " + std::string(error.description()));
  }
}

}  // namespace likeness::infer
