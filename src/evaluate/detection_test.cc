// Boxes: how they are read, matched and counted.
#include "evaluate/detection.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <random>
#include <string>

#include "base/ids.h"
#include "evaluate/detect_report.h"
#include "evaluate/labelled_boxes.h"

namespace likeness::evaluate {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TEST(MatchDetections, EachFaceOnceTheMostConfidentFirst) {
  const std::vector<PixelRect> faces = {{0, 0, 10, 10}, {20, 0, 10, 10}};
  const Matched matched = match_detections(
      faces, {{{1, 0, 10, 10}, 60}, {{0, 0, 10, 10}, 50}, {{20, 1, 10, 10}, 99}, {{50, 50, 10, 10}, 70}});
  EXPECT_THAT(matched.found, ElementsAre(60.0F, 99.0F));
  EXPECT_THAT(matched.false_alarms, testing::UnorderedElementsAre(50.0F, 70.0F)) << "twice, and nobody";
  EXPECT_THAT(match_detections({}, {}).found, testing::IsEmpty());
}

TEST(MatchDetections, HalfOverlapIsEnoughAndLessIsNot) {
  const std::vector<PixelRect> face = {{0, 0, 30, 10}};
  EXPECT_EQ(match_detections(face, {{{10, 0, 30, 10}, 50}}).found.front(), 50);  // 20 of 40
  EXPECT_EQ(match_detections(face, {{{11, 0, 30, 10}, 50}}).found.front(), -1);
}

// Against counting by hand, over random pictures.
TEST(DetectionRatesTest, AreTheSumsOverPictures) {
  std::mt19937 random(2);  // NOLINT(cert-msc32-c,cert-msc51-cpp): the same pictures every time
  std::uniform_real_distribution<float> place(0, 500);
  std::uniform_real_distribution<float> width(10, 200);
  std::uniform_real_distribution<float> confidence(0, 100);
  std::vector<DetectedPicture> pictures(40);
  std::uint64_t right = 0;
  std::uint64_t all = 0;
  std::uint64_t faces = 0;
  std::uint64_t small = 0;
  for (DetectedPicture& picture : pictures) {
    for (int i = 0; i < 3; ++i) {
      const float size = width(random);
      picture.faces.push_back({place(random), place(random), size, size});
      if (i < 2) picture.detections.push_back({picture.faces.back(), confidence(random)});
    }
    picture.detections.push_back({{5000, 5000, 10, 10}, confidence(random)});
    const Matched matched = match_detections(picture.faces, picture.detections);
    for (const float found : matched.found) right += found >= 50 ? 1 : 0;
    for (const Detection& detection : picture.detections) all += detection.confidence >= 50 ? 1 : 0;
    for (const PixelRect& face : picture.faces) small += face.width < 24 ? 1 : 0;
    faces += picture.faces.size();
  }
  const DetectionRates rates = detection_rates(pictures, {0, 50});
  EXPECT_EQ(rates.found.of, faces);
  EXPECT_GE(rates.found.count, 2 * pictures.size());
  EXPECT_EQ(rates.at[1].found.count, right);
  EXPECT_EQ(rates.at[1].right.of, all);
  EXPECT_EQ(rates.sizes.front().found.of, small);
  std::uint64_t of_all_sizes = 0;
  for (const RecallOfSize& size : rates.sizes) of_all_sizes += size.found.of;
  EXPECT_EQ(of_all_sizes, faces) << "each face is in one size";
  EXPECT_NEAR(rates.at[0].per_picture, static_cast<double>(rates.at[0].right.of - rates.at[0].right.count) / 40, 1e-12);
}

class BoxesTest : public testing::Test {
 protected:
  BoxesTest() { std::filesystem::create_directories(folder_); }
  ~BoxesTest() override {
    std::error_code failure;
    std::filesystem::remove_all(folder_, failure);
  }
  std::filesystem::path write(const std::string& text) const {
    std::ofstream(folder_ / "boxes.csv") << text;
    return folder_ / "boxes.csv";
  }
  const std::filesystem::path folder_ = std::filesystem::temp_directory_path() / ("likeness_boxes_" + random_uuid());
};

TEST_F(BoxesTest, ALineAFaceAndAPathAloneForNone) {
  const std::vector<BoxedPicture> pictures =
      read_boxes(write("path,left,top,width,height\na.jpg,1,2,3.5,4\nb.jpg\na.jpg,-5,0,10,10\nc.jpg,,,,\n")).value();
  ASSERT_EQ(pictures.size(), 3U);
  EXPECT_THAT(pictures[0].faces, ElementsAre(PixelRect{1, 2, 3.5F, 4}, PixelRect{-5, 0, 10, 10}));
  EXPECT_THAT(pictures[1].faces, testing::IsEmpty());
  EXPECT_EQ(pictures[2].path, folder_ / "c.jpg");
}

TEST_F(BoxesTest, WhatIsWrongIsSaidWithItsLine) {
  for (const char* text :
       {"path,left\n", "path,left,top,width,height\na,1,2,x,4\n", "path,left,top,width,height\na,1,2,0,4\n",
        "path,left,top,width,height\na,1,2,nan,4\n", "path,left,top,width,height\n\"a,1\n"}) {
    const Result<std::vector<BoxedPicture>> read = read_boxes(write(text));
    EXPECT_EQ(read.error().kind, ErrorKind::malformed) << text;
    EXPECT_THAT(read.error().message, HasSubstr("line "));
  }
  EXPECT_EQ(read_boxes(folder_ / "none.csv").error().kind, ErrorKind::not_found);
}

TEST(DetectReport, SaysWhatIsMissedAndWhatIsTooFew) {
  DetectedPicture picture{
      .name = "street.jpg", .faces = {{0, 0, 20, 20}, {100, 0, 50, 50}}, .detections = {}, .problem = {}};
  picture.detections = {{{100, 0, 50, 50}, 99}, {{300, 300, 20, 20}, 30}};
  const DetectResult result = evaluate_detect({picture});
  EXPECT_THAT(detect_html(result), HasSubstr("street.jpg: 1"));
  EXPECT_THAT(detect_json(result), HasSubstr(R"("found":{"count":1,"of":2)"));
  EXPECT_THAT(detect_advice(result), testing::Contains(HasSubstr("too few faces")));
  EXPECT_THAT(detect_advice(result), testing::Contains(HasSubstr("taken for a face")));
  EXPECT_THAT(detect_advice(evaluate_detect({})), testing::Contains(HasSubstr("No face is labelled")));
}

}  // namespace
}  // namespace likeness::evaluate
