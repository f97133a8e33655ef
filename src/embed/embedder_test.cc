#include "embed/embedder.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <numeric>
#include <string>

#include "codec/test_picture.h"

namespace likeness::embed {
namespace {

using codec::test::read_picture;

// The five points of the mesh in the test pictures.
constexpr FivePoints obama = {{{443, 214}, {548, 214}, {499, 266}, {435, 320}, {560, 319}}};
constexpr FivePoints obama2 = {{{252, 370}, {370, 383}, {284, 441}, {247, 521}, {356, 528}}};
constexpr FivePoints biden = {{{532, 323}, {650, 349}, {597, 400}, {518, 461}, {624, 478}}};

class EmbedderTest : public testing::TestWithParam<const char*> {
 protected:
  static std::unique_ptr<Embedder> load(const std::string& name) {
    const infer::PackFolders packs = {std::filesystem::path(LIKENESS_DEPS_DIR) / "packs"};
    const auto runtime = *infer::Runtime::create({});
    return *Embedder::create(*runtime, *infer::open_pack(packs, name, infer::Task::face_embedding));
  }
  static Embedding embed(const Embedder& embedder, const std::string& picture, const FivePoints& face) {
    return *embedder.embed(read_picture(picture), face);
  }
};

float dot(const Embedding& a, const Embedding& b) {
  return std::inner_product(a.values.begin(), a.values.end(), b.values.begin(), 0.0F);
}

TEST_P(EmbedderTest, OnePersonIsNearAndTwoAreFar) {
  const std::unique_ptr<Embedder> embedder = load(GetParam());
  const Embedding a = embed(*embedder, "obama.jpg", obama);
  const Embedding b = embed(*embedder, "obama2.jpg", obama2);
  const Embedding other = embed(*embedder, "biden.jpg", biden);
  EXPECT_NEAR(dot(a, a), 1, 1e-4);
  EXPECT_GT(embedder->calibration().similarity(dot(a, b)), 99);
  EXPECT_LT(embedder->calibration().similarity(dot(a, other)), 20);
  EXPECT_GT(a.norm, 1);
  EXPECT_NE(embedder->face_model_version().find('.'), std::string::npos);
}

TEST_P(EmbedderTest, PointsWithoutExtentAreRefused) {
  const Result<Embedding> nothing = load(GetParam())->embed(read_picture("coffee.png"), FivePoints{});
  ASSERT_FALSE(nothing.ok());
  EXPECT_EQ(nothing.error().kind, ErrorKind::invalid_argument);
}

INSTANTIATE_TEST_SUITE_P(Packs, EmbedderTest, testing::Values("fr_feature", "mobilefacenet_192"),
                         [](const auto& pack) { return std::string(pack.param); });

class MirroredEmbedderTest : public EmbedderTest {};

// The chip and its mirror image are added, so a mirrored picture gives the same vector.
TEST_F(MirroredEmbedderTest, IgnoresWhichWayTheFaceLooks) {
  const std::unique_ptr<Embedder> embedder = load("mobilefacenet_192");
  const Image image = read_picture("obama.jpg");
  Image mirror(image.size());
  for (int y = 0; y < image.height(); ++y) {
    for (int x = 0; x < image.width(); ++x) {
      std::copy_n(image.row(y) + x * Image::channels, Image::channels,
                  mirror.row(y) + (image.width() - 1 - x) * Image::channels);
    }
  }
  const auto flip = [&](Point p) { return Point{static_cast<float>(image.width()) - p.x, p.y}; };
  const FivePoints flipped = {flip(obama[1]), flip(obama[0]), flip(obama[2]), flip(obama[4]), flip(obama[3])};
  // Only nearly the same: the template that the points are fitted to is not quite symmetric.
  EXPECT_GT(dot(*embedder->embed(image, obama), *embedder->embed(mirror, flipped)), 0.98F);
}

TEST(EmbeddingSpaceTest, DiffersBetweenPacksAndNotBetweenStarts) {
  const auto space_of = [](const std::string& name) {
    const infer::PackFolders packs = {std::filesystem::path(LIKENESS_DEPS_DIR) / "packs"};
    const auto runtime = *infer::Runtime::create({});
    return (*Embedder::create(*runtime, *infer::open_pack(packs, name, infer::Task::face_embedding)))
        ->embedding_space();
  };
  EXPECT_EQ(space_of("fr_feature"), space_of("fr_feature"));
  EXPECT_NE(space_of("fr_feature"), space_of("mobilefacenet_192"));
  EXPECT_EQ(space_of("fr_feature").size(), 64U);
}

}  // namespace
}  // namespace likeness::embed
