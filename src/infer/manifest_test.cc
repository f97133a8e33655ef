#include "infer/manifest.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <utility>

namespace likeness::infer {
namespace {

using testing::HasSubstr;

constexpr const char* whole = R"(
name = "mine"
task = "face_embedding"
version = "1.0"
file = "mine.onnx"
sha256 = "00"
licence = "MIT"
provenance = "ours"
[precision]
bf16 = true
[input]
layout = "NHWC"
channels = "RGB"
width = 112
height = 96
mean = [1, 2.5, 3]
scale = 0.5
[embedder]
dimension = 8
with_mirror = true
output = "features"
[[calibration]]
false_match_rate = 1e-2
cosine = 0.2
similarity = 20
[[calibration]]
false_match_rate = 1e-3
cosine = 0.3
similarity = 50
extrapolated = true
[[blurred_strangers]]
sharpness = 10
distance_factor = 2.5
[[blurred_strangers]]
sharpness = 60
distance_factor = 1
[quality]
intercept = -9
norm = 2
sharpness = 4
cover = -1
[confidence]
constant = -4
detector = 5
mesh = 0.5
[expected]
norm = 3.5
values = [0.1, -0.2]
)";

constexpr const char* joined = R"(
name = "both"
task = "face_embedding"
version = "1.0"
licence = "MIT"
provenance = "ours"
[[join]]
pack = "mine"
weight = 2
[[join]]
pack = "yours"
weight = 1
)";

std::string replaced(const std::string& from, const std::string& to) {
  std::string text = whole;
  return text.replace(text.find(from), from.size(), to);
}

TEST(ManifestTest, ReadsEveryField) {
  const Result<Manifest> manifest = parse_manifest(whole);
  ASSERT_TRUE(manifest.ok()) << manifest.error().message;
  EXPECT_EQ(manifest->name, "mine");
  EXPECT_EQ(manifest->task, Task::face_embedding);
  EXPECT_TRUE(manifest->bf16);
  EXPECT_EQ(manifest->input.format.layout, TensorLayout::interleaved);
  EXPECT_EQ(manifest->input.format.order, ChannelOrder::rgb);
  EXPECT_THAT(manifest->input.format.mean, testing::ElementsAre(1.0F, 2.5F, 3.0F));
  EXPECT_EQ(manifest->input.format.scale, 0.5F);
  EXPECT_EQ(manifest->input.size, (Size{112, 96}));
  EXPECT_EQ(manifest->parameter("dimension").value(), 8);
  EXPECT_EQ(manifest->parameter("with_mirror").value(), 1);
  EXPECT_EQ(manifest->text("output").value(), "features");
  EXPECT_EQ(manifest->parameter("output").error().kind, ErrorKind::corrupt);
  ASSERT_EQ(manifest->calibration.size(), 2U);
  EXPECT_FALSE(manifest->calibration[0].extrapolated);
  EXPECT_TRUE(manifest->calibration[1].extrapolated);
  ASSERT_EQ(manifest->blur.size(), 2U);
  EXPECT_EQ(manifest->blur[0].sharpness, 10);
  EXPECT_EQ(manifest->blur[0].distance_factor, 2.5F);
  ASSERT_TRUE(manifest->confidence.has_value());
  EXPECT_EQ(manifest->confidence->detector, 5);
  ASSERT_TRUE(manifest->quality.has_value());
  EXPECT_EQ(manifest->quality->norm, 2);
  EXPECT_EQ(manifest->quality->cover, -1);
  EXPECT_THAT(manifest->expected.at("norm"), testing::ElementsAre(3.5));
  EXPECT_THAT(manifest->expected.at("values"), testing::ElementsAre(0.1, -0.2));
  EXPECT_TRUE(manifest->chip_points.empty());
  EXPECT_TRUE(manifest->joined.empty());
}

TEST(ManifestTest, AChipMayHavePointsOfItsOwn) {
  const Result<Manifest> manifest = parse_manifest(
      replaced("output = \"features\"", "output = \"f\"\nchip_points = [[1, 2], [3, 4], [5, 6], [7, 8], [9, 10.5]]"));
  ASSERT_TRUE(manifest.ok()) << manifest.error().message;
  EXPECT_THAT(manifest->chip_points,
              testing::ElementsAre(Point{1, 2}, Point{3, 4}, Point{5, 6}, Point{7, 8}, Point{9, 10.5F}));
  for (const char* points :
       {"[[1, 2]]", "[1, 2, 3, 4, 5]", "[[1], [2], [3], [4], [5]]", "[[1, 2], [3, 4], [5, 6], [7, 8], [9, \"x\"]]"}) {
    const Result<Manifest> refused =
        parse_manifest(replaced("output = \"features\"", "output = \"f\"\nchip_points = " + std::string(points)));
    ASSERT_FALSE(refused.ok()) << points;
    EXPECT_THAT(refused.error().message, HasSubstr("chip_points"));
  }
}

TEST(ManifestTest, AJoinedEmbedderHasMembersAndNoFile) {
  const Result<Manifest> manifest = parse_manifest(joined);
  ASSERT_TRUE(manifest.ok()) << manifest.error().message;
  EXPECT_TRUE(manifest->file.empty());
  ASSERT_EQ(manifest->joined.size(), 2U);
  EXPECT_EQ(manifest->joined[0].name, "mine");
  EXPECT_EQ(manifest->joined[0].weight, 2);
  const auto changed = [](const std::string& from, const std::string& to) {
    std::string text = joined;
    return parse_manifest(text.replace(text.find(from), from.size(), to));
  };
  for (const auto& [from, to] : {std::pair("weight = 1", "weight = 0"), std::pair("\"yours\"", "\"mine\""),
                                 std::pair("\"yours\"", "\"../yours\""), std::pair("face_embedding", "iris"),
                                 std::pair("[[join]]\npack = \"yours\"\nweight = 1", "")}) {
    const Result<Manifest> refused = changed(from, to);
    ASSERT_FALSE(refused.ok()) << to;
    EXPECT_THAT(refused.error().message, HasSubstr("join")) << to;
  }
}

TEST(ManifestTest, RefusesWhatIsWrongAndNamesIt) {
  const auto message_of = [](const std::string& text) {
    const Result<Manifest> manifest = parse_manifest(text);
    if (manifest.ok()) return std::string("accepted");
    EXPECT_EQ(manifest.error().kind, ErrorKind::corrupt);
    return manifest.error().message;
  };
  EXPECT_THAT(message_of("name = "), HasSubstr("no TOML"));
  EXPECT_THAT(message_of(replaced("version = \"1.0\"", "")), HasSubstr("version"));
  for (const char* version : {"1", "1.", ".1", "1.0.0", "v1.0", "1.x", "1,0", "1.0 ", "1234567890.0"}) {
    EXPECT_THAT(message_of(replaced("\"1.0\"", '"' + std::string(version) + '"')), HasSubstr("version")) << version;
  }
  EXPECT_THAT(message_of(replaced("face_embedding", "mind_reading")), HasSubstr("task"));
  EXPECT_THAT(message_of(replaced("\"NHWC\"", "\"NHCW\"")), HasSubstr("layout"));
  EXPECT_THAT(message_of(replaced("[1, 2.5, 3]", "[1, 2.5]")), HasSubstr("mean"));
  EXPECT_THAT(message_of(replaced("scale = 0.5", "scale = \"x\"")), HasSubstr("scale"));
  EXPECT_THAT(message_of(replaced("cosine = 0.3", "cosine = 0.1")), HasSubstr("calibration"));
  EXPECT_THAT(message_of(replaced("similarity = 50", "similarity = 120")), HasSubstr("calibration"));
  EXPECT_THAT(message_of(replaced("licence = \"MIT\"", "licence = \"\"")), HasSubstr("SPDX"));
  EXPECT_THAT(message_of(replaced("factor = 2.5", "factor = 0.5")), HasSubstr("blurred_strangers"));
  EXPECT_THAT(message_of(replaced("distance_factor = 1", "distance_factor = 3")), HasSubstr("blurred_strangers"));
  EXPECT_THAT(message_of(replaced("distance_factor = 1", "distance_factor = 1.5")), HasSubstr("1 at the end"));
  EXPECT_THAT(message_of(replaced("norm = 2", "norm = -2")), HasSubstr("quality"));
  EXPECT_THAT(message_of(replaced("cover = -1", "cover = 1")), HasSubstr("quality"));
  EXPECT_THAT(message_of(replaced("mesh = 0.5", "mesh = -0.5")), HasSubstr("confidence"));
  EXPECT_THAT(message_of(replaced("[0.1, -0.2]", "[0.1, \"x\"]")), HasSubstr("expected"));
}

TEST(ManifestTest, FilesAreLookedForInThePackOnly) {
  for (const char* file : {"../mine.onnx", "/etc/passwd", ".hidden", "a/b"}) {
    EXPECT_FALSE(parse_manifest(replaced("mine.onnx", file)).ok()) << file;
  }
  EXPECT_FALSE(parse_manifest(replaced("name = \"mine\"", "name = \"../mine\"")).ok());
}

TEST(ManifestTest, ShippedManifestsAreValidAndHonest) {
  int count = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(LIKENESS_SOURCE_DIR "/models")) {
    if (entry.path().extension() != ".toml") continue;
    std::ifstream file(entry.path());
    const std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
    const Result<Manifest> manifest = parse_manifest(text);
    ASSERT_TRUE(manifest.ok()) << entry.path() << manifest.error().message;
    EXPECT_EQ(manifest->name, entry.path().stem());
    EXPECT_EQ(manifest->calibration.empty(), manifest->task != Task::face_embedding) << manifest->name;
    if (manifest->name == "fr_feature" || manifest->name == "joined_704") {
      EXPECT_THAT(manifest->provenance, HasSubstr("NOT documented"));
    }
    // Where data ends is said; what blur does, and what to expect of the model, is measured for each.
    const bool is_embedder = manifest->task == Task::face_embedding;
    EXPECT_EQ(is_embedder, !manifest->blur.empty()) << manifest->name;
    EXPECT_EQ(is_embedder, manifest->quality.has_value()) << manifest->name;
    EXPECT_FALSE(manifest->expected.empty()) << manifest->name;
    for (const CalibrationPoint& point : manifest->calibration) {
      EXPECT_EQ(point.extrapolated, point.false_match_rate < 0.9e-6) << manifest->name;
    }
    ++count;
  }
  EXPECT_EQ(count, 8);
}

}  // namespace
}  // namespace likeness::infer
