#include "codec/decode.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <functional>

#include "codec/encode.h"
#include "codec/test_files.h"
#include "image/test_pictures.h"

namespace likeness::codec {
namespace {

using testing::HasSubstr;

ErrorKind kind_of(ByteSpan bytes, const DecodeOptions& options = {}) {
  const Result<Decoded> decoded = decode(bytes, options);
  EXPECT_FALSE(decoded.ok());
  return decoded.ok() ? ErrorKind::internal : decoded.error().kind;
}

// A JPEG whose frame header claims another size.
Bytes jpeg_claiming(int width, int height, bool progressive) {
  Bytes file = test::write_jpeg(likeness::test::gradient({16, 16}), {.progressive = progressive});
  const std::array<std::uint8_t, 2> frame = {0xFF, static_cast<std::uint8_t>(progressive ? 0xC2 : 0xC0)};
  const auto at = std::search(file.begin(), file.end(), frame.begin(), frame.end());
  const auto put = [](Bytes::iterator to, int value) {
    to[0] = static_cast<std::uint8_t>(value >> 8);
    to[1] = static_cast<std::uint8_t>(value);
  };
  put(at + 5, height);
  put(at + 7, width);
  return file;
}

// A PNG with a good header and no pixels.
Bytes png_claiming(std::uint32_t width, std::uint32_t height) {
  Bytes header;
  for (const std::uint32_t side : {width, height}) {
    for (const unsigned shift : {24U, 16U, 8U, 0U}) header.push_back(static_cast<std::uint8_t>(side >> shift));
  }
  header.insert(header.end(), {8, PNG_COLOR_TYPE_RGB, 0, 0, 0});
  Bytes file = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'};
  for (const Bytes& chunk :
       {test::png_chunk("IHDR", header), test::png_chunk("IDAT", {}), test::png_chunk("IEND", {})}) {
    file.insert(file.end(), chunk.begin(), chunk.end());
  }
  return file;
}

// By how much the most memory ever resident grows in a process that does nothing but `work`, in KiB.
long peak_growth(const std::function<bool()>& work) {
  const pid_t child = fork();
  if (child == 0) {
    rusage before = {};
    getrusage(RUSAGE_SELF, &before);
    const bool done = work();
    rusage after = {};
    getrusage(RUSAGE_SELF, &after);
    // Exit codes hold a byte: MiB, rounded up, and 255 for failure.
    _exit(done ? static_cast<int>(std::min(254L, (after.ru_maxrss - before.ru_maxrss + 1023) / 1024)) : 255);
  }
  int status = 0;
  EXPECT_EQ(waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) != 255);
  return WEXITSTATUS(status) * 1024L;
}

TEST(DecodeTest, RefusesWhatIsNoPicture) {
  for (const std::string_view text : {"", "G", "GIF89a", "BM", "RIFF....WEBP", "<svg/>", "\xFF\xD8", "\x89PNG\r\n"}) {
    EXPECT_EQ(kind_of(as_bytes(text)), ErrorKind::invalid_image) << text;
  }
  EXPECT_EQ(kind_of(Bytes{0}), ErrorKind::invalid_image);
  EXPECT_EQ(kind_of(Bytes(5000, 0)), ErrorKind::invalid_image);
  EXPECT_EQ(kind_of(Bytes(5000, 0xFF)), ErrorKind::invalid_image);
  EXPECT_EQ(kind_of(Bytes{0xFF, 0xD8, 0xFF}), ErrorKind::invalid_image);
  EXPECT_EQ(kind_of(Bytes{0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'}), ErrorKind::invalid_image);
}

TEST(DecodeTest, EightyPixelsAreEnough) {
  for (const Size size : {Size{79, 80}, Size{80, 79}, Size{2000, 1}}) {
    const Image picture = likeness::test::gradient(size);
    for (const Bytes& file : {encode_jpeg(picture, 90).value(), encode_png(picture).value()}) {
      const Result<Decoded> decoded = decode(file, {});
      ASSERT_FALSE(decoded.ok());
      EXPECT_EQ(decoded.error().kind, ErrorKind::invalid_argument);
      EXPECT_THAT(decoded.error().message, HasSubstr(std::to_string(size.width) + "x" + std::to_string(size.height)));
      EXPECT_THAT(decoded.error().message, HasSubstr("80"));
    }
  }
  const Image enough = likeness::test::gradient({80, 80});
  EXPECT_TRUE(decode(encode_jpeg(enough, 90).value(), {}).ok());
  EXPECT_TRUE(decode(encode_png(enough).value(), {}).ok());
}

TEST(DecodeTest, CountsPixelsBeforeAnyReduction) {
  const Image picture = likeness::test::gradient({400, 300});
  const DecodeOptions exact = {.max_pixels = 400 * 300, .enough_long_side = 50};
  const DecodeOptions less = {.max_pixels = 400 * 300 - 1, .enough_long_side = 50};
  for (const Bytes& file : {encode_jpeg(picture, 90).value(), encode_png(picture).value()}) {
    EXPECT_TRUE(decode(file, exact).ok());
    EXPECT_EQ(kind_of(file, less), ErrorKind::image_too_large);
  }
}

TEST(DecodeTest, RefusesBombsWithoutMakingRoomForThem) {
  const Bytes bombs[] = {jpeg_claiming(65500, 65500, false), jpeg_claiming(65500, 65500, true),
                         jpeg_claiming(65535, 65535, false), png_claiming(30000, 30000),
                         png_claiming(0x7FFFFFFF, 0x7FFFFFFF)};
  for (const Bytes& bomb : bombs) {
    EXPECT_EQ(kind_of(bomb), ErrorKind::image_too_large);
    EXPECT_LE(peak_growth([&] { return !decode(bomb, {}).ok(); }), 8 * 1024);
  }
  EXPECT_EQ(kind_of(png_claiming(0x80000000, 100)), ErrorKind::invalid_image);
  EXPECT_EQ(kind_of(png_claiming(0, 100)), ErrorKind::invalid_image);
  EXPECT_EQ(kind_of(jpeg_claiming(0, 100, false)), ErrorKind::invalid_image);
}

// Within the limits, but without the data: of the 147 MB that were claimed little is touched (AddressSanitizer's own
// records of them are 18).
TEST(DecodeTest, AClaimWithoutPixelsCostsLittle) {
  for (const Bytes& file : {jpeg_claiming(7000, 7000, false), png_claiming(7000, 7000)}) {
    EXPECT_EQ(kind_of(file), ErrorKind::invalid_image);
    EXPECT_LE(peak_growth([&] { return !decode(file, {}).ok(); }), 32 * 1024);
  }
}

}  // namespace
}  // namespace likeness::codec
