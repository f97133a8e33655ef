// libpng reports errors by longjmp. All of them land in attempt(): no function between it and libpng owns anything with
// a destructor.
#include "codec/png_decoder.h"

#include <png.h>

#include <algorithm>
#include <array>
#include <csetjmp>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <limits>
#include <memory>
#include <string>
#include <utility>

#include "codec/size_limits.h"

namespace likeness::codec {
namespace {

constexpr std::size_t header_size = 8 + 25;            // signature and the chunk IHDR, which must come first
constexpr std::size_t width_offset = 16;               // behind signature, length and type of IHDR
constexpr png_alloc_size_t max_chunk_bytes = 1 << 20;  // of a chunk that must be held whole; no palette comes near

struct Reader {
  explicit Reader(ByteSpan bytes);
  ~Reader() { png_destroy_read_struct(&png, &info, nullptr); }
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;

  png_structp png = nullptr;
  png_infop info = nullptr;
  ByteSpan rest;  // not read yet
  char message[100] = {};
};

[[noreturn]] void leave(png_structp png, png_const_charp text) {
  auto& reader = *static_cast<Reader*>(png_get_error_ptr(png));
  std::snprintf(reader.message, sizeof reader.message, "%s", text);
  png_longjmp(png, 1);
}

void ignore_warning(png_structp, png_const_charp) {}

void read_bytes(png_structp png, png_bytep to, std::size_t count) {
  auto& reader = *static_cast<Reader*>(png_get_io_ptr(png));
  if (count > reader.rest.size()) png_error(png, "it ends early");
  std::copy_n(reader.rest.data(), count, to);
  reader.rest = reader.rest.subspan(count);
}

Reader::Reader(ByteSpan bytes) : rest(bytes) {
  png = png_create_read_struct(PNG_LIBPNG_VER_STRING, this, leave, ignore_warning);
  if (png != nullptr) info = png_create_info_struct(png);
}

// Runs step(). False if libpng gave up; reader.message then says why.
template <typename Step>
[[gnu::noinline]] bool attempt(Reader& reader, const Step& step) {
  if (reader.info == nullptr) return false;
  if (setjmp(png_jmpbuf(reader.png)) != 0) return false;
  step();
  return true;
}

Error damaged(const std::string& why) { return {ErrorKind::invalid_image, "the PNG is damaged: " + why}; }

std::int64_t big_endian_32(ByteSpan bytes, std::size_t offset) {
  std::int64_t value = 0;
  for (std::size_t i = 0; i < 4; ++i) value = value << 8 | bytes[offset + i];
  return value;
}

// Read here and not by libpng, which would not say whether it refused a size or a damaged header.
Result<Size> header_size_of(ByteSpan bytes) {
  if (bytes.size() < header_size) return damaged("it ends early");
  constexpr std::array<std::uint8_t, 8> header_chunk = {0, 0, 0, 13, 'I', 'H', 'D', 'R'};  // length and type
  if (!std::equal(header_chunk.begin(), header_chunk.end(), bytes.begin() + 8)) {
    return damaged("it does not begin with its header");
  }
  const std::int64_t width = big_endian_32(bytes, width_offset);
  const std::int64_t height = big_endian_32(bytes, width_offset + 4);
  constexpr std::int64_t most = std::numeric_limits<std::int32_t>::max();  // PNG specification, 11.2.2
  if (width < 1 || height < 1 || width > most || height > most) return damaged("no valid size");
  return Size{static_cast<int>(width), static_cast<int>(height)};
}

// Everything becomes 8 bits of blue, green, red and, where the file has any transparency, alpha.
bool start(Reader& reader, Size size) {
  return attempt(reader, [&] {
    png_structp png = reader.png;
    png_set_read_fn(png, &reader, read_bytes);
    png_set_user_limits(png, static_cast<png_uint_32>(size.width), static_cast<png_uint_32>(size.height));
    png_set_chunk_malloc_max(png, max_chunk_bytes);
    png_set_chunk_cache_max(png, 1);  // 1: none is kept (0 would be no limit)
    // Skip texts, profiles and all else that is neither pixels, palette nor transparency.
    png_set_keep_unknown_chunks(png, PNG_HANDLE_CHUNK_NEVER, nullptr, -1);
    png_set_crc_action(png, PNG_CRC_ERROR_QUIT, PNG_CRC_ERROR_QUIT);
    png_read_info(png, reader.info);
    png_set_expand(png);
    png_set_scale_16(png);
    png_set_gray_to_rgb(png);
    png_set_bgr(png);
    png_set_interlace_handling(png);
    png_read_update_info(png, reader.info);
  });
}

// All passes; row y is written at pixels + y * stride. The rows of an interlaced picture must all stay in memory.
// after_row(y) is called when row y is complete.
template <typename AfterRow>
bool read_rows(Reader& reader, Size size, std::uint8_t* pixels, std::size_t stride, const AfterRow& after_row) {
  return attempt(reader, [&] {
    const int passes = png_get_interlace_type(reader.png, reader.info) == PNG_INTERLACE_NONE ? 1 : 7;
    for (int pass = 1; pass <= passes; ++pass) {
      for (int y = 0; y < size.height; ++y) {
        png_read_row(reader.png, pixels + static_cast<std::size_t>(y) * stride, nullptr);
        if (pass == passes) after_row(y);
      }
    }
    png_read_end(reader.png, nullptr);
  });
}

void composite_on_white(const std::uint8_t* bgra, int pixels, std::uint8_t* bgr) {
  for (int i = 0; i < pixels; ++i, bgra += 4, bgr += 3) {
    const unsigned alpha = bgra[3];
    for (int c = 0; c < 3; ++c) {
      bgr[c] = static_cast<std::uint8_t>((bgra[c] * alpha + 255U * (255U - alpha) + 127U) / 255U);
    }
  }
}

bool read_with_alpha(Reader& reader, Size size, Image& image) {
  const auto row_bytes = static_cast<std::size_t>(size.width) * 4;
  const bool interlaced = png_get_interlace_type(reader.png, reader.info) != PNG_INTERLACE_NONE;
  const std::size_t rows = interlaced ? static_cast<std::size_t>(size.height) : 1;
  const std::size_t stride = interlaced ? row_bytes : 0;
  const auto bgra = std::make_unique_for_overwrite<std::uint8_t[]>(rows * row_bytes);
  return read_rows(reader, size, bgra.get(), stride, [&](int y) {
    composite_on_white(bgra.get() + static_cast<std::size_t>(y) * stride, size.width, image.row(y));
  });
}

}  // namespace

Result<Decoded> decode_png(ByteSpan bytes, const DecodeOptions& options) {
  const Size size = TRY(header_size_of(bytes));
  TRY(check_size(size, options));
  Reader reader(bytes);
  if (!start(reader, size)) return damaged(reader.message);
  const bool alpha = png_get_channels(reader.png, reader.info) == 4;
  Image image(size);
  const bool complete = alpha ? read_with_alpha(reader, size, image)
                              : read_rows(reader, size, image.bytes().data(),
                                          static_cast<std::size_t>(size.width) * Image::channels, [](int) {});
  if (!complete) return damaged(reader.message);
  return Decoded{std::move(image), size};
}

}  // namespace likeness::codec
