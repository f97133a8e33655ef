#include "detect/face_detector.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <thread>

#include "codec/test_picture.h"
#include "detect/input_ladder.h"
#include "image/orientation.h"
#include "image/resize.h"
#include "image/test_pictures.h"

namespace likeness::detect {
namespace {

using codec::test::read_picture;

// Both detectors, loaded once for all tests.
class FaceDetectorTest : public testing::TestWithParam<const char*> {
 protected:
  static const FaceDetector& detector(const std::string& name) {
    static const std::unique_ptr<infer::Runtime> runtime = *infer::Runtime::create({.threads = 2});
    static const std::unique_ptr<FaceDetector> yunet = load(*runtime, "yunet_s");
    static const std::unique_ptr<FaceDetector> centerface = load(*runtime, "centerface");
    return name == "yunet_s" ? *yunet : *centerface;
  }
  static std::unique_ptr<FaceDetector> load(infer::Runtime& runtime, const std::string& name) {
    const std::filesystem::path packs = std::filesystem::path(LIKENESS_DEPS_DIR) / "packs";
    return *FaceDetector::create(runtime, *infer::open_pack({packs}, name, infer::Task::face_detection));
  }
  [[nodiscard]] static std::vector<FaceDetection> detect(const Image& image) {
    Result<std::vector<FaceDetection>> faces = detector(GetParam()).detect(image);
    EXPECT_TRUE(faces.ok());
    return *std::move(faces);
  }
};

// Where the astronaut's face is, judged by eye.
constexpr PixelRect astronaut_face = {178, 64, 92, 114};

TEST_P(FaceDetectorTest, FindsTheAstronaut) {
  const std::vector<FaceDetection> faces = detect(read_picture("astronaut.png"));
  ASSERT_EQ(faces.size(), 1U);
  EXPECT_GT(iou(faces[0].box, astronaut_face), 0.6F);
  EXPECT_GT(faces[0].score, 0.5F);
  const FivePoints& p = faces[0].landmarks;
  EXPECT_NEAR(p[0].x, 204, 6);  // eyes
  EXPECT_NEAR(p[0].y, 102, 6);
  EXPECT_NEAR(p[1].x, 247, 6);
  EXPECT_NEAR(p[2].y, 126, 8);  // nose
  EXPECT_LT(p[3].x, p[4].x);    // mouth
}

TEST_P(FaceDetectorTest, FindsAFaceThatTheEdgeCuts) {
  const std::vector<FaceDetection> faces = detect(read_picture("obama_partial_face.jpg"));
  ASSERT_FALSE(faces.empty());
  EXPECT_LT(faces[0].box.left, 10);
  EXPECT_GT(faces[0].box.width, 120);
}

TEST_P(FaceDetectorTest, FindsFacesFrom40PixelsIn1080p) {
  const Image whole = read_picture("obama.jpg");  // 910x1137, the face 238 wide
  const Image small = resize(whole, {153, 191});  // 40 wide
  for (const auto& [left, top] : {std::pair{0, 0}, {900, 500}, {1767, 889}}) {
    Image scene({1920, 1080});
    scene.fill(90, 120, 100);
    for (int y = 0; y < small.height(); ++y) {
      std::copy_n(small.row(y), small.width() * Image::channels, scene.row(top + y) + left * Image::channels);
    }
    const std::vector<FaceDetection> faces = detect(scene);
    ASSERT_EQ(faces.size(), 1U) << left;
    EXPECT_NEAR(faces[0].box.width, 40, 8);
  }
}

INSTANTIATE_TEST_SUITE_P(Packs, FaceDetectorTest, testing::Values("yunet_s", "centerface"),
                         [](const auto& pack) { return std::string(pack.param); });

class YunetTest : public FaceDetectorTest {};
INSTANTIATE_TEST_SUITE_P(Packs, YunetTest, testing::Values("yunet_s"), [](const auto&) { return "yunet_s"; });

// 200 sizes from squares to strips; all of them use what was compiled at start.
TEST_P(YunetTest, TakesEveryAspectRatio) {
  for (int i = 0; i < 200; ++i) {
    const Size size = i % 2 == 0 ? Size{80 + 9 * i, 80} : Size{80, 80 + 9 * i};
    EXPECT_LE(detect(test::gradient(size)).size(), 3U) << size.width << "x" << size.height;
  }
}

TEST_P(YunetTest, FindsFacesInPicturesThatLieOrStandOnTheirHead) {
  Image image = read_picture("obama.jpg");
  for (int quarters = 0; quarters < 4; ++quarters) {
    const std::vector<FaceDetection> faces = detect(image);
    ASSERT_FALSE(faces.empty()) << quarters;
    // From the eye that is on the left of the upright face to the other one, as the picture lies.
    const Point a = faces[0].landmarks[0];
    const Point b = faces[0].landmarks[1];
    const Point along[] = {{1, 0}, {0, 1}, {-1, 0}, {0, -1}};
    const float length = std::hypot(b.x - a.x, b.y - a.y);
    const Point expected = along[quarters];
    EXPECT_GT(((b.x - a.x) * expected.x + (b.y - a.y) * expected.y) / length, 0.9F) << quarters;
    image = upright(std::move(image), Orientation::right_top);
  }
}

TEST_P(YunetTest, FindsOneFaceThatFillsThePicture) {
  const Image whole = read_picture("obama.jpg");
  Image face({230, 310});
  for (int y = 0; y < face.height(); ++y) {
    std::copy_n(whole.row(95 + y) + 376 * Image::channels, face.width() * Image::channels, face.row(y));
  }
  for (const Size size : {Size{230, 310}, Size{800, 1080}, Size{1600, 2160}}) {
    const std::vector<FaceDetection> faces = detect(resize(face, size));
    ASSERT_EQ(faces.size(), 1U) << size.width;
    EXPECT_NEAR(faces[0].box.width / static_cast<float>(size.width), 1, 0.15);
    EXPECT_NEAR(faces[0].box.height / static_cast<float>(size.height), 1, 0.15);
  }
}

TEST_P(YunetTest, FindsFacesAllAlongAStrip) {
  const Image head = resize(read_picture("astronaut.png"), {120, 120});  // the face 21 wide
  Image strip({5000, 120});
  strip.fill(100, 100, 100);
  const int places[] = {0, 700, 1250, 2440, 3111, 4880};
  for (const int left : places) {
    for (int y = 0; y < head.height(); ++y) {
      std::copy_n(head.row(y), head.width() * Image::channels, strip.row(y) + left * Image::channels);
    }
  }
  std::vector<FaceDetection> faces = detect(strip);
  ASSERT_EQ(faces.size(), std::size(places));
  std::sort(faces.begin(), faces.end(), [](const auto& a, const auto& b) { return a.box.left < b.box.left; });
  for (std::size_t i = 0; i < faces.size(); ++i) {
    EXPECT_NEAR(faces[i].box.left, static_cast<float>(places[i]) + 42, 5);
  }
}

TEST_P(YunetTest, EightThreadsAgreeWithOne) {
  const std::vector<Image> images = [] {
    std::vector<Image> made;
    for (const char* name : {"astronaut.png", "obama.jpg", "biden.jpg", "coffee.png"}) {
      made.push_back(read_picture(name));
    }
    return made;
  }();
  std::vector<std::vector<FaceDetection>> expected;
  for (const Image& image : images) expected.push_back(detect(image));
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < 8; ++i) {
    threads.emplace_back([&, i] {
      const std::vector<FaceDetection> faces = detect(images[i % images.size()]);
      const std::vector<FaceDetection>& wanted = expected[i % images.size()];
      ASSERT_EQ(faces.size(), wanted.size());
      for (std::size_t k = 0; k < faces.size(); ++k) EXPECT_EQ(faces[k].box, wanted[k].box);
    });
  }
  for (std::thread& thread : threads) thread.join();
}

}  // namespace
}  // namespace likeness::detect
