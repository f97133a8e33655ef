// libjpeg reports errors by longjmp. All of them land in attempt(): no function between it and libjpeg owns anything
// with a destructor, and memory needed there comes from libjpeg's own pools.
#include "codec/jpeg_decoder.h"

#include <jerror.h>

#include <algorithm>
#include <csetjmp>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <string>
#include <utility>

#include "codec/exif_orientation.h"
#include "codec/jpeg_library.h"
#include "codec/size_limits.h"
#include "image/orientation.h"

namespace likeness::codec {
namespace {

constexpr int max_warnings = 10;
constexpr unsigned app1_max_size = 0xFFFF;

// Coefficients take two bytes for each sample of up to four channels, in whole MCUs of up to 32x32 samples.
constexpr std::int64_t coefficient_bytes_per_pixel = 8;
constexpr std::int64_t other_bytes = 64LL << 20;

// Scans cost time without costing bytes. A usual progressive JPEG has 10.
constexpr int most_scans = 100;
constexpr int least_scans = 20;
constexpr std::int64_t scanned_pixels = 1'000'000'000;

struct Reader {
  Reader() = default;
  ~Reader() { jpeg_destroy_decompress(&info); }
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;

  jpeg_decompress_struct info = {};
  jpeg_error_mgr errors = {};
  jpeg_progress_mgr progress = {};
  std::jmp_buf escape = {};
  char message[JMSG_LENGTH_MAX] = {};
  int max_scans = most_scans;
};

Reader& reader_of(j_common_ptr info) { return *static_cast<Reader*>(info->client_data); }

[[noreturn]] void leave(j_common_ptr info) {
  Reader& reader = reader_of(info);
  info->err->format_message(info, reader.message);
  std::longjmp(reader.escape, 1);
}

// Warnings have a level of -1; higher levels are traces.
void on_message(j_common_ptr info, int level) {
  if (level >= 0) return;
  const int code = info->err->msg_code;
  const bool ends_early = code == JWRN_JPEG_EOF || code == JWRN_HIT_MARKER;
  if (ends_early || ++info->err->num_warnings > max_warnings) leave(info);
}

void ignore_output(j_common_ptr) {}

void on_progress(j_common_ptr info) {
  const auto* decompressor = reinterpret_cast<j_decompress_ptr>(info);
  Reader& reader = reader_of(info);
  if (decompressor->input_scan_number <= reader.max_scans) return;
  info->err->msg_code = JERR_BAD_PROGRESSION;
  std::snprintf(reader.message, sizeof reader.message, "more than %d scans", reader.max_scans);
  std::longjmp(reader.escape, 1);
}

// Runs step(reader.info). False if libjpeg gave up; reader.errors.msg_code and reader.message then say why.
template <typename Step>
[[gnu::noinline]] bool attempt(Reader& reader, const Step& step) {
  if (setjmp(reader.escape) != 0) return false;
  step(reader.info);
  return true;
}

Error error_of(const Reader& reader) {
  switch (reader.errors.msg_code) {
    case JERR_IMAGE_TOO_BIG:
    case JERR_NO_BACKING_STORE:
    case JERR_OUT_OF_MEMORY:
      return {ErrorKind::image_too_large, std::string("the JPEG is too large: ") + reader.message};
    default: return {ErrorKind::invalid_image, std::string("the JPEG is damaged: ") + reader.message};
  }
}

bool read_header(Reader& reader, ByteSpan bytes, const DecodeOptions& options) {
  reader.info.err = jpeg_std_error(&reader.errors);
  reader.errors.error_exit = leave;
  reader.errors.emit_message = on_message;
  reader.errors.output_message = ignore_output;
  reader.progress.progress_monitor = on_progress;
  reader.info.client_data = &reader;
  return attempt(reader, [&](jpeg_decompress_struct& info) {
    jpeg_create_decompress(&info);
    info.progress = &reader.progress;
    info.mem->max_memory_to_use = static_cast<long>(coefficient_bytes_per_pixel * options.max_pixels + other_bytes);
    jpeg_mem_src(&info, bytes.data(), static_cast<unsigned long>(bytes.size()));
    jpeg_save_markers(&info, JPEG_APP0 + 1, app1_max_size);
    jpeg_read_header(&info, TRUE);
  });
}

// The first APP1 marker that carries EXIF decides; XMP uses APP1 too.
Orientation orientation_of(const jpeg_decompress_struct& info) {
  for (const jpeg_marker_struct* marker = info.marker_list; marker != nullptr; marker = marker->next) {
    const ByteSpan content(marker->data, marker->data_length);
    if (marker->marker != JPEG_APP0 + 1 || !is_exif(content)) continue;
    return exif_orientation(content);
  }
  return Orientation::top_left;
}

// Only these have SIMD code in libjpeg-turbo.
unsigned reduction(Size stored, int enough_long_side) {
  const int longer = std::max(stored.width, stored.height);
  unsigned denominator = 1;
  while (enough_long_side > 0 && denominator < 8 && longer / static_cast<int>(denominator * 2) >= enough_long_side) {
    denominator *= 2;
  }
  return denominator;
}

bool is_cmyk(const jpeg_decompress_struct& info) {
  return info.jpeg_color_space == JCS_CMYK || info.jpeg_color_space == JCS_YCCK;
}

bool start(Reader& reader, Size stored, const DecodeOptions& options) {
  const std::int64_t pixels = static_cast<std::int64_t>(stored.width) * stored.height;
  reader.max_scans = static_cast<int>(std::clamp<std::int64_t>(scanned_pixels / pixels, least_scans, most_scans));
  return attempt(reader, [&](jpeg_decompress_struct& info) {
    info.scale_num = 1;
    info.scale_denom = reduction(stored, options.enough_long_side);
    info.out_color_space = is_cmyk(info) ? JCS_CMYK : JCS_EXT_BGR;
    info.dct_method = JDCT_ISLOW;
    // Interpolated chroma, as Pillow and OpenCV decode and the models were measured with.
    info.do_fancy_upsampling = TRUE;
    // Guesses coefficients that an incomplete file lacks; those are refused.
    info.do_block_smoothing = FALSE;
    jpeg_start_decompress(&info);
  });
}

// Without a profile, as browsers do it: each colour times black. Photoshop stores all four inverted and says so by
// Adobe's marker.
void convert_cmyk(const std::uint8_t* cmyk, std::size_t pixels, bool inverted, std::uint8_t* bgr) {
  const unsigned flip = inverted ? 0 : 255;
  for (std::size_t i = 0; i < pixels; ++i) {
    const unsigned black = cmyk[i * 4 + 3] ^ flip;
    for (std::size_t c = 0; c < 3; ++c) {
      bgr[i * 3 + c] = static_cast<std::uint8_t>(((cmyk[i * 4 + 2 - c] ^ flip) * black + 127) / 255);
    }
  }
}

bool read_rows(Reader& reader, Image& image) {
  return attempt(reader, [&](jpeg_decompress_struct& info) {
    JSAMPARRAY cmyk = nullptr;
    if (info.out_color_space == JCS_CMYK) {
      cmyk = info.mem->alloc_sarray(reinterpret_cast<j_common_ptr>(&info), JPOOL_IMAGE, info.output_width * 4, 1);
    }
    while (info.output_scanline < info.output_height) {
      std::uint8_t* row = image.row(static_cast<int>(info.output_scanline));
      jpeg_read_scanlines(&info, cmyk != nullptr ? cmyk : &row, 1);
      if (cmyk != nullptr) convert_cmyk(cmyk[0], info.output_width, info.saw_Adobe_marker != FALSE, row);
    }
  });
}

Result<Image> read_stored(Reader& reader, Size stored, const DecodeOptions& options) {
  if (!start(reader, stored, options)) return error_of(reader);
  Image image({static_cast<int>(reader.info.output_width), static_cast<int>(reader.info.output_height)});
  if (!read_rows(reader, image)) return error_of(reader);
  return image;
}

}  // namespace

Result<Decoded> decode_jpeg(ByteSpan bytes, const DecodeOptions& options) {
  Reader reader;
  if (!read_header(reader, bytes, options)) return error_of(reader);
  const Size stored = {static_cast<int>(reader.info.image_width), static_cast<int>(reader.info.image_height)};
  TRY(check_size(stored, options));
  const Orientation orientation = orientation_of(reader.info);
  Image image = TRY(read_stored(reader, stored, options));
  jpeg_destroy_decompress(&reader.info);  // frees the coefficients before upright() needs memory
  const Size original = swaps_sides(orientation) ? Size{stored.height, stored.width} : stored;
  return Decoded{upright(std::move(image), orientation), original};
}

}  // namespace likeness::codec
