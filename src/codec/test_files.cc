#include "codec/test_files.h"

#include <zlib.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>

namespace likeness::codec::test {
namespace {

bool has_black(const JpegSpec& spec) { return spec.space == JCS_CMYK || spec.space == JCS_YCCK; }

// One row in the colours that libjpeg takes for `spec`: BGR, or CMYK with as much black as the pixel allows.
std::vector<JSAMPLE> jpeg_row(const Image& image, int y, const JpegSpec& spec) {
  const std::uint8_t* bgr = image.row(y);
  const auto width = static_cast<std::size_t>(image.width());
  if (!has_black(spec)) return {bgr, bgr + width * 3};
  std::vector<JSAMPLE> row(width * 4);
  const unsigned flip = spec.adobe ? 0 : 255;
  for (std::size_t x = 0; x < width; ++x, bgr += 3) {
    const unsigned black = std::max({bgr[0], bgr[1], bgr[2], std::uint8_t{1}});
    for (std::size_t c = 0; c < 3; ++c) row[x * 4 + c] = static_cast<JSAMPLE>((bgr[2 - c] * 255U / black) ^ flip);
    row[x * 4 + 3] = static_cast<JSAMPLE>(black ^ flip);
  }
  return row;
}

// DC together, then every AC coefficient of every channel alone.
std::vector<jpeg_scan_info> scan_per_coefficient() {
  std::vector<jpeg_scan_info> scans = {{3, {0, 1, 2}, 0, 0, 0, 0}};
  for (int channel = 0; channel < 3; ++channel) {
    for (int k = 1; k < 64; ++k) scans.push_back({1, {channel}, k, k, 0, 0});
  }
  return scans;
}

}  // namespace

Bytes write_jpeg(const Image& image, const JpegSpec& spec) {
  jpeg_compress_struct info = {};
  jpeg_error_mgr errors = {};
  info.err = jpeg_std_error(&errors);
  jpeg_create_compress(&info);
  unsigned char* bytes = nullptr;
  unsigned long size = 0;
  jpeg_mem_dest(&info, &bytes, &size);
  info.image_width = static_cast<JDIMENSION>(image.width());
  info.image_height = static_cast<JDIMENSION>(image.height());
  info.input_components = has_black(spec) ? 4 : 3;
  info.in_color_space = has_black(spec) ? JCS_CMYK : JCS_EXT_BGR;
  jpeg_set_defaults(&info);
  jpeg_set_colorspace(&info, spec.space);
  jpeg_set_quality(&info, spec.quality, TRUE);
  info.comp_info[0].h_samp_factor = spec.space == JCS_GRAYSCALE ? 1 : spec.chroma_step_x;
  info.comp_info[0].v_samp_factor = spec.space == JCS_GRAYSCALE ? 1 : spec.chroma_step_y;
  if (spec.space == JCS_YCCK) {
    info.comp_info[3].h_samp_factor = spec.chroma_step_x;
    info.comp_info[3].v_samp_factor = spec.chroma_step_y;
  }
  info.arith_code = spec.arithmetic ? TRUE : FALSE;
  info.restart_in_rows = spec.restart_rows;
  if (has_black(spec)) info.write_Adobe_marker = spec.adobe ? TRUE : FALSE;
  if (spec.progressive) jpeg_simple_progression(&info);
  const std::vector<jpeg_scan_info> scans = scan_per_coefficient();
  if (spec.one_scan_per_coefficient) {
    info.scan_info = scans.data();
    info.num_scans = static_cast<int>(scans.size());
  }
  jpeg_start_compress(&info, TRUE);
  if (!spec.app1.empty()) {
    jpeg_write_marker(&info, JPEG_APP0 + 1, spec.app1.data(), static_cast<unsigned>(spec.app1.size()));
  }
  for (int y = 0; y < image.height(); ++y) {
    std::vector<JSAMPLE> row = jpeg_row(image, y, spec);
    JSAMPROW pointer = row.data();
    jpeg_write_scanlines(&info, &pointer, 1);
  }
  jpeg_finish_compress(&info);
  jpeg_destroy_compress(&info);
  Bytes out(bytes, bytes + size);
  std::free(bytes);
  return out;
}

Bytes exif_app1(int orientation, bool big_endian) {
  Bytes bytes = {'E', 'x', 'i', 'f', 0, 0};
  const auto put = [&](std::uint32_t value, int width) {
    for (int i = 0; i < width; ++i) {
      const int shift = 8 * (big_endian ? width - 1 - i : i);
      bytes.push_back(static_cast<std::uint8_t>(value >> shift));
    }
  };
  const auto put_short_entry = [&](std::uint32_t tag, std::uint32_t value) {
    put(tag, 2);
    put(3, 2);  // SHORT
    put(1, 4);
    put(value, 2);
    put(0, 2);
  };
  put(big_endian ? 0x4D4D : 0x4949, 2);
  put(42, 2);
  put(8, 4);  // the directory follows at once
  put(3, 2);
  put_short_entry(0x0100, 640);
  put_short_entry(0x0112, static_cast<std::uint32_t>(orientation));
  put_short_entry(0x0128, 2);
  put(0, 4);
  return bytes;
}

Bytes write_png(Size size, const PngSpec& spec, const std::vector<png_uint_16>& samples) {
  Bytes bytes;
  png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, nullptr, nullptr, nullptr);
  png_infop info = png_create_info_struct(png);
  png_set_write_fn(
      png, &bytes,
      [](png_structp writer, png_bytep data, std::size_t count) {
        auto& out = *static_cast<Bytes*>(png_get_io_ptr(writer));
        out.insert(out.end(), data, data + count);
      },
      nullptr);
  png_set_IHDR(png, info, static_cast<png_uint_32>(size.width), static_cast<png_uint_32>(size.height), spec.depth,
               spec.colour_type, spec.interlaced ? PNG_INTERLACE_ADAM7 : PNG_INTERLACE_NONE,
               PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
  if (!spec.palette.empty()) png_set_PLTE(png, info, spec.palette.data(), static_cast<int>(spec.palette.size()));
  if (!spec.palette_alpha.empty()) {
    png_set_tRNS(png, info, spec.palette_alpha.data(), static_cast<int>(spec.palette_alpha.size()), nullptr);
  }
  if (!spec.transparent.empty()) {
    png_color_16 colour = {};
    colour.gray = colour.red = spec.transparent[0];
    colour.green = spec.transparent[spec.transparent.size() / 2];
    colour.blue = spec.transparent.back();
    png_set_tRNS(png, info, nullptr, 0, &colour);
  }
  if (spec.gamma > 0) png_set_gAMA(png, info, spec.gamma);
  png_write_info(png, info);
  const std::size_t row_samples = samples.size() / static_cast<std::size_t>(size.height);
  std::vector<Bytes> rows(static_cast<std::size_t>(size.height), Bytes(png_get_rowbytes(png, info)));
  for (std::size_t i = 0; i < samples.size(); ++i) {
    const std::size_t bit = (i % row_samples) * static_cast<std::size_t>(spec.depth);
    std::uint8_t* byte = &rows[i / row_samples][bit / 8];
    if (spec.depth == 16) {
      byte[0] = static_cast<std::uint8_t>(samples[i] >> 8);
      byte[1] = static_cast<std::uint8_t>(samples[i]);
    } else {
      const auto shift = 8 - static_cast<std::size_t>(spec.depth) - bit % 8;
      *byte = static_cast<std::uint8_t>(*byte | samples[i] << shift);
    }
  }
  std::vector<png_bytep> pointers;
  for (Bytes& row : rows) pointers.push_back(row.data());
  png_write_image(png, pointers.data());
  png_write_end(png, info);
  png_destroy_write_struct(&png, &info);
  return bytes;
}

Bytes png_chunk(std::string_view type, const Bytes& content) {
  Bytes chunk(content.size() + 12);
  const auto put = [&chunk](std::size_t at, std::size_t value) {
    for (std::size_t i = 0; i < 4; ++i) chunk[at + i] = static_cast<std::uint8_t>(value >> (24 - 8 * i));
  };
  put(0, content.size());
  std::copy(type.begin(), type.end(), chunk.begin() + 4);
  std::copy(content.begin(), content.end(), chunk.begin() + 8);
  const std::size_t end = chunk.size() - 4;
  put(end, crc32(0, chunk.data() + 4, static_cast<unsigned>(end - 4)));
  return chunk;
}

}  // namespace likeness::codec::test
