// What decoding costs beside libjpeg-turbo alone, which is its limit, and what scaling and cutting for the models cost.
//
//   decode_bench [--picture FILE] [--rounds N]
//
// One thread; medians; ours and the limit alternate within each round, so that the ratio holds on a busy machine.
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <fstream>
#include <functional>
#include <iterator>
#include <random>
#include <string>
#include <vector>

#include "CLI/CLI.hpp"
#include "codec/decode.h"
#include "codec/encode.h"
#include "codec/jpeg_library.h"
#include "image/resize.h"
#include "image/warp.h"

namespace likeness {
namespace {

using codec::decode;

double median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

double milliseconds(const std::function<void()>& work) {
  const auto start = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
}

void print_cost(const std::string& name, int rounds, const std::function<void()>& work) {
  std::vector<double> times;
  for (int i = 0; i < rounds; ++i) times.push_back(milliseconds(work));
  std::printf("%-44s %8.3f ms\n", name.c_str(), median(times));
}

void print_ratio(const std::string& name, int rounds, const std::function<void()>& ours,
                 const std::function<void()>& limit) {
  std::vector<double> our_times;
  std::vector<double> limit_times;
  for (int i = 0; i < rounds; ++i) {
    our_times.push_back(milliseconds(ours));
    limit_times.push_back(milliseconds(limit));
  }
  const double our_median = median(our_times);
  const double limit_median = median(limit_times);
  std::printf("%-44s %8.3f ms   libjpeg-turbo alone %8.3f ms   ratio %.3f\n", name.c_str(), our_median, limit_median,
              our_median / limit_median);
}

// Smooth colours under noise: some 400 kB as a JPEG of quality 85, as a photograph of this size.
Image make_picture(Size size) {
  std::mt19937 random(1);  // NOLINT(cert-msc51-cpp): the same picture every time
  Image image(size);
  for (int y = 0; y < size.height; ++y) {
    std::uint8_t* row = image.row(y);
    for (int x = 0; x < size.width * Image::channels; ++x) {
      row[x] = static_cast<std::uint8_t>(40 + 60 * x / (size.width * 3) + 80 * y / size.height +
                                         static_cast<int>(random() % 24));
    }
  }
  return image;
}

// The least that libjpeg-turbo can be asked for: into memory that is there already, without any check.
void decode_bare(ByteSpan bytes, unsigned denominator, std::vector<std::uint8_t>& pixels) {
  jpeg_decompress_struct info = {};
  jpeg_error_mgr errors = {};
  info.err = jpeg_std_error(&errors);
  jpeg_create_decompress(&info);
  jpeg_mem_src(&info, bytes.data(), static_cast<unsigned long>(bytes.size()));
  jpeg_read_header(&info, TRUE);
  info.scale_num = 1;
  info.scale_denom = denominator;
  info.out_color_space = JCS_EXT_BGR;
  info.dct_method = JDCT_ISLOW;
  jpeg_start_decompress(&info);
  const std::size_t stride = std::size_t{info.output_width} * 3;
  pixels.resize(stride * info.output_height);
  while (info.output_scanline < info.output_height) {
    JSAMPROW row = pixels.data() + stride * info.output_scanline;
    jpeg_read_scanlines(&info, &row, 1);
  }
  jpeg_finish_decompress(&info);
  jpeg_destroy_decompress(&info);
}

void bench_decoding(ByteSpan file, int long_side, int rounds) {
  std::vector<std::uint8_t> pixels;
  for (const int denominator : {1, 2, 4, 8}) {
    const codec::DecodeOptions options = {.enough_long_side = long_side / denominator};
    print_ratio(
        "decode at 1/" + std::to_string(denominator), rounds, [&] { static_cast<void>(decode(file, options).value()); },
        [&] { decode_bare(file, static_cast<unsigned>(denominator), pixels); });
  }
}

void bench_images(const Image& picture, int rounds) {
  const Size canvas = {960, 544};
  std::vector<float> planes(tensor_floats(canvas));
  print_cost("letterbox to 960x544 planes", rounds, [&] { letterbox(picture, canvas, ChannelOrder::bgr, planes); });
  print_cost("resize to 960x540 bytes", rounds, [&] { static_cast<void>(resize(picture, {960, 540})); });

  const TensorFormat mesh = {TensorLayout::interleaved, ChannelOrder::rgb, {0, 0, 0}, 1 / 255.0F};
  std::vector<float> crop(tensor_floats({192, 192}));
  for (const float scale : {1.5F, 5.0F}) {
    const Affine affine = {{scale, 0.1F, 100, -0.1F, scale, 100}};
    char name[64];
    std::snprintf(name, sizeof name, "warp to 192x192, %.0f px wide", static_cast<double>(192 * scale));
    print_cost(name, rounds, [&] { warp_affine(picture, affine, {192, 192}, mesh, crop); });
  }
  const TensorFormat chip = {TensorLayout::planar, ChannelOrder::bgr, {127, 127, 127}, 1 / 128.0F};
  std::vector<float> face(tensor_floats({112, 112}));
  const Affine affine = {{1.5F, 0.1F, 100, -0.1F, 1.5F, 100}};
  print_cost("warp to 112x112, 168 px wide", rounds, [&] { warp_affine(picture, affine, {112, 112}, chip, face); });
}

int run(const std::string& path, int rounds) {
  Bytes file;
  if (path.empty()) {
    file = codec::encode_jpeg(make_picture({1920, 1080}), 85).value();
  } else {
    std::ifstream stream(path, std::ios::binary);
    file.assign(std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>());
  }
  const Result<codec::Decoded> decoded = decode(file, {});
  if (!decoded.ok()) {
    std::fprintf(stderr, "%s: %s\n", path.c_str(), decoded.error().message.c_str());
    return 1;
  }
  const Size size = decoded->image.size();
  std::printf("JPEG %dx%d, %zu bytes, median of %d rounds\n", size.width, size.height, file.size(), rounds);
  bench_decoding(file, std::max(size.width, size.height), rounds);
  bench_images(decoded->image, rounds);
  return 0;
}

}  // namespace
}  // namespace likeness

int main(int argc, char** argv) {
  CLI::App app("Costs of decoding, scaling and cutting");
  std::string picture;
  int rounds = 101;
  app.add_option("--picture", picture, "A JPEG instead of the made one")->check(CLI::ExistingFile);
  app.add_option("--rounds", rounds, "Rounds for each figure")->check(CLI::Range(1, 10'000));
  CLI11_PARSE(app, argc, argv);
  return likeness::run(picture, rounds);
}
