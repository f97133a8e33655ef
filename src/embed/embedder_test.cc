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

INSTANTIATE_TEST_SUITE_P(Packs, EmbedderTest, testing::Values("fr_feature", "mobilefacenet_192", "joined_704"),
                         [](const auto& pack) { return std::string(pack.param); });

class MirroredEmbedderTest : public EmbedderTest {};

// The chip and its mirror image are added, so a mirrored picture gives the same vector.
TEST_F(MirroredEmbedderTest, IgnoresWhichWayTheFaceLooks) {
  const std::unique_ptr<Embedder> embedder = load("mobilefacenet_192");
  const Image image = read_picture("obama.jpg");
  Image mirror(image.size());
  for (int y = 0; y < image.height(); ++y) {
    for (int x = 0; x < image.width(); ++x) {
      std::copy_n(image.row(y) + static_cast<std::ptrdiff_t>(x) * Image::channels, Image::channels,
                  mirror.row(y) + static_cast<std::ptrdiff_t>(image.width() - 1 - x) * Image::channels);
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

// The naive twin: the members by themselves.
TEST(JoinedEmbedderTest, TheCosineIsTheWeightedMeanOfTheMembers) {
  const infer::PackFolders packs = {std::filesystem::path(LIKENESS_DEPS_DIR) / "packs"};
  const auto runtime = *infer::Runtime::create({.precision = infer::Precision::f32});
  const auto load = [&](const std::string& name) {
    return *Embedder::create(*runtime, *infer::open_pack(packs, name, infer::Task::face_embedding));
  };
  const std::unique_ptr<Embedder> joined = load("joined_704");
  const std::unique_ptr<Embedder> first = load("fr_feature");
  const std::unique_ptr<Embedder> second = load("mobilefacenet_192");
  EXPECT_EQ(joined->dimension(), first->dimension() + second->dimension());
  EXPECT_NE(joined->embedding_space(), first->embedding_space());
  EXPECT_NE(joined->embedding_space(), second->embedding_space());
  const Image a = read_picture("obama.jpg");
  const Image b = read_picture("biden.jpg");
  const auto cosine = [&](const Embedder& embedder) {
    return dot(*embedder.embed(a, obama), *embedder.embed(b, biden));
  };
  EXPECT_NEAR(cosine(*joined), 0.65F * cosine(*first) + 0.35F * cosine(*second), 1e-4);
  const Embedding whole = *joined->embed(a, obama);
  EXPECT_NEAR(dot(whole, whole), 1, 1e-4);
  EXPECT_NEAR(whole.norm, first->embed(a, obama)->norm, 1e-4);
}

// A model of one picture a call, told to look at the mirror image too: two calls, and no matter which way a face looks.
TEST(MirroredChipTest, TwoCallsAreAddedAndAreASpaceOfTheirOwn) {
  const infer::PackFolders packs = {std::filesystem::path(LIKENESS_DEPS_DIR) / "packs"};
  const auto runtime = *infer::Runtime::create({.precision = infer::Precision::f32});
  infer::Pack pack = *infer::open_pack(packs, "fr_feature", infer::Task::face_embedding);
  const std::unique_ptr<Embedder> plain = *Embedder::create(*runtime, pack);
  pack.manifest.parameters["with_mirror"] = 1;
  const std::unique_ptr<Embedder> mirrored = *Embedder::create(*runtime, pack);
  EXPECT_NE(plain->embedding_space(), mirrored->embedding_space());
  const Image image = read_picture("obama.jpg");
  const Embedding one = *plain->embed(image, obama);
  const Embedding both = *mirrored->embed(image, obama);
  EXPECT_GT(dot(one, both), 0.9F);
  EXPECT_LT(dot(one, both), 0.9999F);
  EXPECT_GT(both.norm, 1.7F * one.norm);
}

TEST(ChipTest, AChipOfAnotherSizeNeedsItsPoints) {
  const infer::PackFolders packs = {std::filesystem::path(LIKENESS_DEPS_DIR) / "packs"};
  const auto runtime = *infer::Runtime::create({});
  const infer::Pack whole = *infer::open_pack(packs, "fr_feature", infer::Task::face_embedding);
  const auto message_of = [&](const infer::Pack& pack) {
    const auto embedder = Embedder::create(*runtime, pack);
    return embedder.ok() ? std::string("accepted") : embedder.error().message;
  };
  infer::Pack pack = whole;
  pack.manifest.input.size = {150, 150};
  EXPECT_NE(message_of(pack).find("chip_points"), std::string::npos);
  pack.manifest.chip_points = {obama.begin(), obama.end()};
  EXPECT_NE(message_of(pack).find("input or output"), std::string::npos);
  pack.manifest.input.size = {0, 0};
  EXPECT_NE(message_of(pack).find("width"), std::string::npos);
  pack = whole;
  pack.manifest.parameters["dimension"] = 511;
  EXPECT_NE(message_of(pack).find("dimension"), std::string::npos);
  // Other points are another space.
  pack = whole;
  pack.manifest.chip_points = {obama.begin(), obama.end()};
  EXPECT_NE((*Embedder::create(*runtime, pack))->embedding_space(),
            (*Embedder::create(*runtime, whole))->embedding_space());
}

}  // namespace
}  // namespace likeness::embed
