#include "align/face_mesher.h"

#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <limits>

#include "codec/test_picture.h"
#include "image/orientation.h"

namespace likeness::align {
namespace {

using codec::test::read_picture;

class FaceMesherTest : public testing::Test {
 protected:
  static const FaceMesher& mesher() {
    static const std::unique_ptr<FaceMesher> made = [] {
      const infer::PackFolders packs = {std::filesystem::path(LIKENESS_DEPS_DIR) / "packs"};
      const auto runtime = *infer::Runtime::create({.threads = 2});
      return *FaceMesher::create(*runtime, *infer::open_pack(packs, "face_mesh", infer::Task::face_mesh),
                                 *infer::open_pack(packs, "iris", infer::Task::iris));
    }();
    return *made;
  }
};

// The astronaut's box and points as YuNet gives them.
constexpr PixelRect astronaut_box = {179, 64, 91, 112};
constexpr FivePoints astronaut_points = {{{205, 104}, {247, 106}, {226, 127}, {205, 143}, {241, 145}}};

void expect_near(Point actual, Point expected, float distance) {
  EXPECT_LT(std::hypot(actual.x - expected.x, actual.y - expected.y), distance)
      << actual.x << "," << actual.y << " is not " << expected.x << "," << expected.y;
}

TEST_F(FaceMesherTest, TheAstronautIsAFaceAndItsPointsAreInPlace) {
  const Image image = read_picture("astronaut.png");
  Result<FaceMesh> mesh = mesher().mesh(image, astronaut_box, astronaut_points);
  ASSERT_TRUE(mesh.ok());
  EXPECT_GT(mesh->score, 0.99F);
  const FivePoints five = five_points(*mesh);
  for (std::size_t i = 0; i < five.size(); ++i) expect_near(five[i], astronaut_points[i], 7);

  // The nose stands out towards the camera; the chin lies under it, the forehead above.
  EXPECT_LT(mesh->points[4].z, mesh->points[234].z);
  EXPECT_GT(mesh->points[152].y, mesh->points[4].y);
  EXPECT_LT(mesh->points[10].y, mesh->points[4].y);

  EXPECT_EQ(mesh->left_eye.iris[0], Point());
  ASSERT_TRUE(mesher().find_irises(image, *mesh).ok());
  expect_near(mesh->left_eye.iris[0], five[0], 4);
  expect_near(mesh->right_eye.iris[0], five[1], 4);
  for (const Iris* eye : {&mesh->left_eye, &mesh->right_eye}) {
    for (std::size_t i = 1; i < 5; ++i) {  // the rim lies round the centre
      const float radius = std::hypot(eye->iris[i].x - eye->iris[0].x, eye->iris[i].y - eye->iris[0].y);
      EXPECT_GT(radius, 1);
      EXPECT_LT(radius, 8);
    }
  }
}

TEST_F(FaceMesherTest, ATurnedFaceHasTheSameMeshTurned) {
  Image image = read_picture("astronaut.png");
  const Result<FaceMesh> upright_mesh = mesher().mesh(image, astronaut_box, astronaut_points);
  const auto height = static_cast<float>(image.height());
  image = upright(std::move(image), Orientation::right_top);
  const auto turn = [height](Point p) { return Point{height - p.y, p.x}; };
  FivePoints points;
  for (std::size_t i = 0; i < points.size(); ++i) points[i] = turn(astronaut_points[i]);
  const PixelRect box = {height - astronaut_box.bottom(), astronaut_box.left, astronaut_box.height,
                         astronaut_box.width};
  const Result<FaceMesh> mesh = mesher().mesh(image, box, points);
  ASSERT_TRUE(upright_mesh.ok() && mesh.ok());
  EXPECT_GT(mesh->score, 0.99F);
  for (std::size_t i = 0; i < mesh->points.size(); ++i) {
    expect_near({mesh->points[i].x, mesh->points[i].y}, turn({upright_mesh->points[i].x, upright_mesh->points[i].y}),
                2);
  }
}

TEST_F(FaceMesherTest, WhatIsNoFaceScoresBelowTheThreshold) {
  for (const char* name : {"coffee.png", "chelsea.png", "rocket.jpg"}) {
    const Image image = read_picture(name);
    for (const PixelRect& box : {PixelRect{100, 50, 150, 180}, PixelRect{0, 0, 200, 240}, PixelRect{300, 40, 80, 90}}) {
      const Point c = box.centre();
      const Result<FaceMesh> mesh = mesher().mesh(image, box, {{{c.x - 20, c.y}, {c.x + 20, c.y}, c, c, c}});
      ASSERT_TRUE(mesh.ok());
      EXPECT_LT(mesh->score, mesher().score_threshold()) << name;
    }
  }
}

TEST_F(FaceMesherTest, BrokenDetectionsGiveAnAnswer) {
  const Image image = read_picture("coffee.png");
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const float inf = std::numeric_limits<float>::infinity();
  for (const PixelRect& box : {PixelRect{0, 0, 0, 0}, PixelRect{-1e9F, 1e9F, 1e30F, 5}, PixelRect{nan, 0, inf, nan}}) {
    EXPECT_TRUE(mesher().mesh(image, box, {}).ok());
  }
}

}  // namespace
}  // namespace likeness::align
