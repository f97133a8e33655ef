#include "pipeline/analyze_image.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <numeric>
#include <thread>

#include "codec/test_picture.h"
#include "image/resize.h"
#include "image/test_pictures.h"

namespace likeness::pipeline {
namespace {

using codec::test::read_picture;

const infer::PackFolders packs = {std::filesystem::path(LIKENESS_DEPS_DIR) / "packs"};

// The default packs, loaded once for all tests.
const ImageAnalyzer& analyzer() {
  static const std::unique_ptr<ImageAnalyzer> made =
      *ImageAnalyzer::create({.packs = packs, .runtime = {.threads = 2}});
  return *made;
}

std::vector<AnalyzedFace> analyze(const Image& image, const AnalyzeOptions& options = {}) {
  Result<std::vector<AnalyzedFace>> faces = analyzer().analyze(image, options);
  EXPECT_TRUE(faces.ok());
  return *std::move(faces);
}

// The picture several times beside itself, each copy half as large as the one before.
Image in_falling_sizes(const Image& picture, int copies) {
  Image scene({picture.width() * 2, picture.height()});
  scene.fill(100, 100, 100);
  int left = 0;
  for (int i = 0; i < copies; ++i) {
    const Image copy = resize(picture, {picture.width() >> i, picture.height() >> i});
    for (int y = 0; y < copy.height(); ++y) {
      std::copy_n(copy.row(y), copy.width() * Image::channels,
                  scene.row(y) + static_cast<std::ptrdiff_t>(left) * Image::channels);
    }
    left += copy.width();
  }
  return scene;
}

TEST(AnalyzeImageTest, FacesComeLargestFirstAndNoMoreThanAsked) {
  const Image scene = in_falling_sizes(read_picture("astronaut.png"), 3);
  const std::vector<AnalyzedFace> faces = analyze(scene);
  ASSERT_EQ(faces.size(), 3U);
  for (std::size_t i = 1; i < faces.size(); ++i) {
    EXPECT_LT(faces[i].box.width, faces[i - 1].box.width);
    EXPECT_GT(faces[i].confidence, 99);
    EXPECT_FALSE(faces[i].description.has_value() || faces[i].embedding.has_value());
  }
  const std::vector<AnalyzedFace> two = analyze(scene, {.max_faces = 2});
  ASSERT_EQ(two.size(), 2U);
  EXPECT_EQ(two[0].box.width, faces[0].box.width);
  EXPECT_TRUE(analyze(scene, {.max_faces = 0}).empty());
}

TEST(AnalyzeImageTest, WhatIsNoFaceIsNotFound) {
  for (const char* name : {"chelsea.png", "coffee.png", "rocket.jpg"}) {
    EXPECT_TRUE(analyze(read_picture(name)).empty()) << name;
  }
  EXPECT_TRUE(analyze(test::noise({640, 480}, 1)).empty());
}

TEST(AnalyzeImageTest, DescribesAndEmbedsWhenAsked) {
  const std::vector<AnalyzedFace> a = analyze(read_picture("obama.jpg"), {.describe = true, .embed = true});
  const std::vector<AnalyzedFace> b = analyze(read_picture("obama3.jpg"), {.embed = true});
  const std::vector<AnalyzedFace> other = analyze(read_picture("biden.jpg"), {.embed = true});
  ASSERT_TRUE(a.size() == 1 && b.size() == 1 && other.size() == 1);
  ASSERT_TRUE(a[0].description && a[0].embedding && b[0].embedding && other[0].embedding);
  EXPECT_FALSE(b[0].description);
  const auto similarity = [](const AnalyzedFace& x, const AnalyzedFace& y) {
    const std::vector<float>& u = x.embedding->values;
    const std::vector<float>& v = y.embedding->values;
    return analyzer().embedder().calibration().similarity(std::inner_product(u.begin(), u.end(), v.begin(), 0.0F));
  };
  EXPECT_GT(similarity(a[0], b[0]), 95);
  EXPECT_LT(similarity(a[0], other[0]), 20);
}

// A detector that is told what to say.
class ScriptedDetector final : public detect::FaceDetector {
 public:
  explicit ScriptedDetector(std::vector<detect::FaceDetection> faces) : faces_(std::move(faces)) {}
  [[nodiscard]] Result<std::vector<detect::FaceDetection>> detect(const Image&) const override { return faces_; }
  [[nodiscard]] const std::optional<infer::ConfidenceModel>& confidence_model() const override { return confidence_; }

 private:
  std::vector<detect::FaceDetection> faces_;
  std::optional<infer::ConfidenceModel> confidence_;
};

TEST(AnalyzeImageTest, OneFaceFoundTwiceCountsOnceAndFalseOnesNotAtAll) {
  const FivePoints points = {{{205, 104}, {247, 106}, {226, 127}, {205, 143}, {241, 145}}};
  const detect::FaceDetection best = {{179, 64, 91, 112}, 0.93F, points};
  const detect::FaceDetection larger = {{165, 45, 120, 150}, 0.6F, points};
  const detect::FaceDetection nothing = {{350, 300, 120, 140}, 0.7F, {{{370, 330}, {430, 330}}}};
  const auto runtime = *infer::Runtime::create({});
  const ImageAnalyzer scripted(
      std::make_unique<ScriptedDetector>(std::vector{best, nothing, larger}),
      *align::FaceMesher::create(*runtime, *infer::open_pack(packs, "face_mesh", infer::Task::face_mesh),
                                 *infer::open_pack(packs, "iris", infer::Task::iris)),
      *embed::Embedder::create(*runtime, *infer::open_pack(packs, "fr_feature", infer::Task::face_embedding)));
  const Image image = read_picture("astronaut.png");
  const auto faces = scripted.analyze(image, {});
  ASSERT_TRUE(faces.ok());
  ASSERT_EQ(faces->size(), 1U);
  EXPECT_EQ(to_pixels((*faces)[0].box, image.size()).left, 179);
}

// The largest picture and its copies; a sanitizer also keeps what was freed for a while.
#ifdef __SANITIZE_ADDRESS__
constexpr std::size_t allowed_growth = std::size_t{400} << 20U;
#else
constexpr std::size_t allowed_growth = std::size_t{24} << 20U;
#endif

std::size_t resident_bytes() {
  std::size_t total = 0;
  std::size_t resident = 0;
  std::ifstream("/proc/self/statm") >> total >> resident;
  return resident * static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
}

TEST(AnalyzeImageTest, TwoHundredAspectRatiosCompileNothingAndKeepNoMemory) {
  const Image face = read_picture("astronaut.png");
  const auto round = [&](int i) {
    const Size size = {200 + 7 * (i % 200), 200 + 7 * ((i * 73) % 200)};
    (void)analyze(resize(face, size), {.describe = true, .embed = true});
  };
  // Over all aspect ratios: the engine takes the memory of an input size when it first runs.
  for (int i = 0; i < 200; i += 4) round(i);
  const std::int64_t compiled = analyzer().compilations();
  const std::size_t resident = resident_bytes();
  for (int i = 0; i < 200; ++i) round(i);
  EXPECT_EQ(analyzer().compilations(), compiled);
  EXPECT_LT(resident_bytes(), resident + allowed_growth);
}

TEST(AnalyzeImageTest, EightThreadsAgreeWithOne) {
  std::vector<Image> images;
  for (const char* name : {"astronaut.png", "obama.jpg", "biden.jpg", "obama_partial_face.jpg"}) {
    images.push_back(read_picture(name));
  }
  std::vector<std::vector<AnalyzedFace>> expected;
  expected.reserve(images.size());
  for (const Image& image : images) expected.push_back(analyze(image, {.describe = true, .embed = true}));
  std::vector<std::thread> threads;
  threads.reserve(8);
  for (std::size_t i = 0; i < 8; ++i) {
    threads.emplace_back([&, i] {
      const auto faces = analyze(images[i % images.size()], {.describe = true, .embed = true});
      const auto& wanted = expected[i % images.size()];
      ASSERT_EQ(faces.size(), wanted.size());
      for (std::size_t k = 0; k < faces.size(); ++k) {
        EXPECT_EQ(faces[k].box.left, wanted[k].box.left);
        EXPECT_EQ(faces[k].embedding->values, wanted[k].embedding->values);
        EXPECT_EQ(faces[k].description->landmarks, wanted[k].description->landmarks);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
}

TEST(AnalyzeImageTest, NamesThePackThatIsNotThere) {
  const auto missing = ImageAnalyzer::create({.packs = packs, .embedder = "no_such_pack"});
  ASSERT_FALSE(missing.ok());
  EXPECT_EQ(missing.error().kind, ErrorKind::not_found);
  EXPECT_THAT(missing.error().message, testing::HasSubstr("no_such_pack"));
}

}  // namespace
}  // namespace likeness::pipeline
