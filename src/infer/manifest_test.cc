#include "infer/manifest.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

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
}

TEST(ManifestTest, FilesAreLookedForInThePackOnly) {
  for (const char* file : {"../mine.onnx", "/etc/passwd", ".hidden", "a/b"}) {
    EXPECT_FALSE(parse_manifest(replaced("mine.onnx", file)).ok()) << file;
  }
  EXPECT_FALSE(parse_manifest(replaced("name = \"mine\"", "name = \"../mine\"")).ok());
}

TEST(ManifestTest, ShippedManifestsAreValidAndHonest) {
  int count = 0;
  for (const auto& entry : std::filesystem::directory_iterator(LIKENESS_SOURCE_DIR "/models")) {
    if (entry.path().extension() != ".toml") continue;
    std::ifstream file(entry.path());
    const std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
    const Result<Manifest> manifest = parse_manifest(text);
    ASSERT_TRUE(manifest.ok()) << entry.path() << manifest.error().message;
    EXPECT_EQ(manifest->name, entry.path().stem());
    EXPECT_EQ(manifest->calibration.empty(), manifest->task != Task::face_embedding) << manifest->name;
    if (manifest->name == "fr_feature") {
      EXPECT_THAT(manifest->provenance, HasSubstr("NOT documented"));
    }
    ++count;
  }
  EXPECT_EQ(count, 6);
}

}  // namespace
}  // namespace likeness::infer
