#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <string>

#include "codec/decode.h"
#include "codec/encode.h"
#include "codec/exif_orientation.h"
#include "codec/test_files.h"
#include "image/naive_warp.h"
#include "image/resize.h"
#include "image/test_pictures.h"

namespace likeness::codec {
namespace {

using test::JpegSpec;
using testing::HasSubstr;

constexpr DecodeOptions any_size = {.min_side = 1};

int largest_difference(const Image& a, const Image& b) {
  EXPECT_EQ(a.size(), b.size());
  int largest = 0;
  for (std::size_t i = 0; i < a.byte_count(); ++i) largest = std::max(largest, std::abs(a.bytes()[i] - b.bytes()[i]));
  return largest;
}

TEST(JpegTest, ReadsEveryColourSpaceAndCoding) {
  const Image picture = likeness::test::gradient({131, 97});
  const JpegSpec specs[] = {
      {},
      {.chroma_step_x = 2, .chroma_step_y = 1},
      {.chroma_step_x = 1, .chroma_step_y = 1},
      {.chroma_step_x = 1, .chroma_step_y = 2},
      {.chroma_step_x = 4, .chroma_step_y = 1},
      {.progressive = true},
      {.arithmetic = true},
      {.restart_rows = 1},
      {.space = JCS_RGB, .chroma_step_x = 1, .chroma_step_y = 1},
      {.space = JCS_CMYK, .chroma_step_x = 1, .chroma_step_y = 1},
      {.space = JCS_CMYK, .chroma_step_x = 1, .chroma_step_y = 1, .adobe = false},
      {.space = JCS_YCCK},
      {.space = JCS_YCCK, .progressive = true},
  };
  for (std::size_t i = 0; i < std::size(specs); ++i) {
    const Result<Decoded> decoded = decode(test::write_jpeg(picture, specs[i]), {});
    ASSERT_TRUE(decoded.ok()) << i << ": " << decoded.error().message;
    EXPECT_EQ(decoded->original, picture.size());
    EXPECT_LE(largest_difference(decoded->image, picture), 10) << i;
  }
}

TEST(JpegTest, ReadsGreyAsThreeEqualChannels) {
  const Image picture = likeness::test::gradient({100, 90});
  const Result<Decoded> decoded = decode(test::write_jpeg(picture, {.space = JCS_GRAYSCALE}), {});
  ASSERT_TRUE(decoded.ok());
  for (std::size_t i = 0; i < picture.byte_count(); i += 3) {
    const std::uint8_t* bgr = &picture.bytes()[i];
    const std::uint8_t* grey = &decoded->image.bytes()[i];
    ASSERT_NEAR(grey[0], 0.114 * bgr[0] + 0.587 * bgr[1] + 0.299 * bgr[2], 3.0);
    ASSERT_TRUE(grey[0] == grey[1] && grey[1] == grey[2]);
  }
}

TEST(JpegTest, TurnsUprightByExif) {
  const Image picture = likeness::test::noise({120, 83}, 1);
  const Image stored = decode(test::write_jpeg(picture, {}), {}).value().image;
  for (const bool big_endian : {false, true}) {
    for (int orientation = 1; orientation <= 8; ++orientation) {
      const Bytes file = test::write_jpeg(picture, {.app1 = test::exif_app1(orientation, big_endian)});
      const Result<Decoded> decoded = decode(file, {});
      ASSERT_TRUE(decoded.ok());
      const Image& image = decoded->image;
      ASSERT_EQ(image.size(), (orientation >= 5 ? Size{83, 120} : Size{120, 83}));
      ASSERT_EQ(decoded->original, image.size());
      for (int y = 0; y < image.height(); ++y) {
        for (int x = 0; x < image.width(); ++x) {
          ASSERT_EQ(image.row(y)[x * 3], naive::upright_pixel(stored, orientation, x, y, 0)) << orientation;
        }
      }
    }
  }
}

TEST(JpegTest, TheOriginalSizeOfAReducedPictureIsUprightToo) {
  const Bytes file = test::write_jpeg(likeness::test::gradient({801, 400}), {.app1 = test::exif_app1(6, false)});
  const Decoded decoded = decode(file, {.enough_long_side = 200}).value();
  EXPECT_EQ(decoded.original, (Size{400, 801}));
  EXPECT_EQ(decoded.image.size(), (Size{100, 201}));
}

TEST(JpegTest, ReducesAsFarAsIsAskedFor) {
  const Bytes file = test::write_jpeg(likeness::test::gradient({1000, 300}), {});
  const auto long_side = [&](int enough) { return decode(file, {.enough_long_side = enough}).value().image.width(); };
  EXPECT_EQ(long_side(0), 1000);
  EXPECT_EQ(long_side(2000), 1000);
  EXPECT_EQ(long_side(501), 1000);
  EXPECT_EQ(long_side(500), 500);
  EXPECT_EQ(long_side(251), 500);
  EXPECT_EQ(long_side(250), 250);
  EXPECT_EQ(long_side(125), 125);
  EXPECT_EQ(long_side(1), 125);
}

// A scaled inverse transform is nearly, not exactly, the mean of the pixels.
TEST(JpegTest, AReducedPictureIsTheMeanOfTheWholeOne) {
  Image picture = likeness::test::gradient({640, 480});
  const Image noise = likeness::test::noise({640, 480}, 3);
  for (std::size_t i = 0; i < picture.byte_count(); ++i) {
    picture.bytes()[i] = static_cast<std::uint8_t>((picture.bytes()[i] * 7 + noise.bytes()[i]) / 8);
  }
  for (const bool progressive : {false, true}) {
    const Bytes file = test::write_jpeg(picture, {.chroma_step_x = 1, .chroma_step_y = 1, .progressive = progressive});
    const Image whole = decode(file, {}).value().image;
    for (const int factor : {2, 4, 8}) {
      const Image reduced = decode(file, {.enough_long_side = 640 / factor}).value().image;
      const Image expected = resize(whole, {640 / factor, 480 / factor});
      ASSERT_EQ(reduced.size(), expected.size());
      double sum = 0;
      for (std::size_t i = 0; i < reduced.byte_count(); ++i) {
        sum += std::abs(reduced.bytes()[i] - expected.bytes()[i]);
      }
      EXPECT_LT(sum / static_cast<double>(reduced.byte_count()), 2.5) << factor;
      EXPECT_LE(largest_difference(reduced, expected), 24) << factor;
    }
  }
}

TEST(JpegTest, RefusesATruncatedFileAtEveryByte) {
  const Image picture = likeness::test::noise({24, 17}, 2);
  for (const bool progressive : {false, true}) {
    const Bytes file = test::write_jpeg(picture, {.progressive = progressive, .quality = 50});
    for (std::size_t length = 0; length + 3 < file.size(); ++length) {
      const Result<Decoded> decoded = decode(ByteSpan(file).first(length), any_size);
      ASSERT_FALSE(decoded.ok()) << length << " of " << file.size();
      ASSERT_EQ(decoded.error().kind, ErrorKind::invalid_image);
    }
  }
}

TEST(JpegTest, AFileThatIsCutAndClosedIsTruncatedToo) {
  Bytes file = test::write_jpeg(likeness::test::noise({200, 200}, 2), {});
  file.resize(file.size() / 2);
  file.insert(file.end(), {0xFF, 0xD9});
  EXPECT_EQ(decode(file, {}).error().kind, ErrorKind::invalid_image);
}

TEST(JpegTest, BytesBehindThePictureAreIgnored) {
  Bytes file = test::write_jpeg(likeness::test::gradient({100, 100}), {});
  file.insert(file.end(), 1000, 0x55);
  EXPECT_TRUE(decode(file, {}).ok());
}

TEST(JpegTest, SurvivesChangedBytes) {
  const Image picture = likeness::test::noise({40, 33}, 2);
  std::mt19937 random(5);
  for (const JpegSpec& spec :
       {JpegSpec{}, JpegSpec{.progressive = true}, JpegSpec{.space = JCS_YCCK, .restart_rows = 1},
        JpegSpec{.app1 = test::exif_app1(6, true)}}) {
    const Bytes file = test::write_jpeg(picture, spec);
    for (int round = 0; round < 500; ++round) {
      Bytes changed = file;
      for (int i = 0; i < 1 + round % 4; ++i) changed[random() % changed.size()] = static_cast<std::uint8_t>(random());
      const Result<Decoded> decoded = decode(changed, {.min_side = 1, .max_pixels = 1'000'000});
      if (decoded.ok()) continue;
      const ErrorKind kind = decoded.error().kind;
      ASSERT_TRUE(kind == ErrorKind::invalid_image || kind == ErrorKind::image_too_large) << decoded.error().message;
    }
  }
}

TEST(JpegTest, RefusesMoreScansThanAnyCameraWrites) {
  const Bytes file = test::write_jpeg(likeness::test::gradient({100, 100}), {.one_scan_per_coefficient = true});
  const Result<Decoded> decoded = decode(file, {});
  ASSERT_FALSE(decoded.ok());
  EXPECT_EQ(decoded.error().kind, ErrorKind::invalid_image);
  EXPECT_THAT(decoded.error().message, HasSubstr("more than 100 scans"));
}

TEST(ExifTest, ReadsBothByteOrders) {
  for (int orientation = 1; orientation <= 8; ++orientation) {
    EXPECT_EQ(exif_orientation(test::exif_app1(orientation, false)), static_cast<Orientation>(orientation));
    EXPECT_EQ(exif_orientation(test::exif_app1(orientation, true)), static_cast<Orientation>(orientation));
  }
}

TEST(ExifTest, AnythingElseIsUpright) {
  EXPECT_EQ(exif_orientation({}), Orientation::top_left);
  for (const int value : {0, 9, 65535})
    EXPECT_EQ(exif_orientation(test::exif_app1(value, true)), Orientation::top_left);
  const Bytes whole = test::exif_app1(6, false);
  const std::size_t value_end = 6 + 8 + 2 + 12 + 10;  // signature, header, count, one entry, Orientation's value
  for (std::size_t length = 0; length <= whole.size(); ++length) {
    const Orientation expected = length >= value_end ? Orientation::right_top : Orientation::top_left;
    EXPECT_EQ(exif_orientation(ByteSpan(whole).first(length)), expected) << length;
  }
  for (const std::size_t at : {0U, 6U, 8U, 10U, 30U}) {  // signature, byte order, 42, place of the directory, type
    Bytes changed = whole;
    changed[at] ^= 0x40U;
    EXPECT_EQ(exif_orientation(changed), Orientation::top_left) << at;
  }
  Bytes far = whole;
  std::fill_n(far.begin() + 10, 4, std::uint8_t{0xFF});
  EXPECT_EQ(exif_orientation(far), Orientation::top_left);
}

TEST(EncodeTest, AJpegComesBackNearlyAndAPngExactly) {
  const Image picture = likeness::test::gradient({101, 99});
  EXPECT_LE(largest_difference(decode(encode_jpeg(picture, 95).value(), {}).value().image, picture), 6);
  EXPECT_EQ(largest_difference(decode(encode_png(picture).value(), {}).value().image, picture), 0);
}

TEST(EncodeTest, RefusesWhatCannotBeEncoded) {
  EXPECT_EQ(encode_jpeg(Image(), 90).error().kind, ErrorKind::invalid_argument);
  EXPECT_EQ(encode_png(Image()).error().kind, ErrorKind::invalid_argument);
  Image wide({65501, 1});
  wide.fill(0, 0, 0);
  EXPECT_EQ(encode_jpeg(wide, 90).error().kind, ErrorKind::invalid_argument);
}

}  // namespace
}  // namespace likeness::codec
