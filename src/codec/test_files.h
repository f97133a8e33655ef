// Writes JPEG and PNG files of every kind that the decoders must read. Tests only; errors of the libraries
// end the process.
#pragma once

#include <png.h>

#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "codec/jpeg_library.h"
#include "image/image.h"

namespace likeness::codec::test {

struct JpegSpec {
  J_COLOR_SPACE space = JCS_YCbCr;  // of the file; RGB, grey, CMYK and YCCK too
  int chroma_step_x = 2;            // 2x2: 4:2:0, 2x1: 4:2:2, 1x1: 4:4:4
  int chroma_step_y = 2;
  bool progressive = false;
  bool one_scan_per_coefficient = false;  // 190 scans
  bool arithmetic = false;
  bool adobe = true;  // CMYK and YCCK: inverted, with Adobe's marker
  int restart_rows = 0;
  int quality = 95;
  Bytes app1 = {};  // written behind the header if not empty
};

[[nodiscard]] Bytes write_jpeg(const Image& image, const JpegSpec& spec);

// The content of an APP1 marker with one directory: a tag before Orientation, Orientation, and one behind it.
[[nodiscard]] Bytes exif_app1(int orientation, bool big_endian);

struct PngSpec {
  int colour_type = PNG_COLOR_TYPE_RGB;
  int depth = 8;
  bool interlaced = false;
  std::vector<png_color> palette = {};
  std::vector<png_byte> palette_alpha = {};   // PNG_COLOR_TYPE_PALETTE
  std::vector<png_uint_16> transparent = {};  // one grey, or red, green, blue: this colour is transparent
  double gamma = 0;                           // 0: no such chunk
};

// `samples` are the values of the file, row by row, packed by this function: size.width * channels in each row.
[[nodiscard]] Bytes write_png(Size size, const PngSpec& spec, const std::vector<png_uint_16>& samples);

// A chunk with its length and checksum.
[[nodiscard]] Bytes png_chunk(std::string_view type, const Bytes& content);

}  // namespace likeness::codec::test
