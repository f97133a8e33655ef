// What each bar of QualityFilter drops of LFW's development folds: as they are, and shrunk and enlarged again
// (blurred).
//
//   quality_bars DATA PACKS
//
// DATA has images/<Name>/<Name>_NNNN.jpg.
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <vector>

#include "codec/decode.h"
#include "gallery/quality_bar.h"
#include "image/resize.h"
#include "pipeline/analyze_image.h"

namespace likeness {
namespace {

constexpr gallery::QualityBar bars[] = {gallery::QualityBar::low, gallery::QualityBar::medium,
                                        gallery::QualityBar::high};
constexpr int reductions[] = {1, 2, 4, 8};

Bytes read_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

// The picture with the detail of one that is smaller by the factor.
Image blurred(const Image& image, int factor) {
  if (factor == 1) return image.clone();
  return resize(resize(image, {image.width() / factor, image.height() / factor}), image.size());
}

int run(const std::filesystem::path& data, const std::filesystem::path& packs) {
  if (!std::filesystem::is_directory(data / "images")) {
    std::printf("quality_bars: no %s/images, nothing measured\n", data.c_str());
    return 0;
  }
  const auto analyzer = pipeline::ImageAnalyzer::create({.packs = {packs}, .runtime = {}});
  if (!analyzer.ok()) {
    (void)std::fprintf(stderr, "quality_bars: %s\n", analyzer.error().message.c_str());
    return 1;
  }
  std::vector<std::filesystem::path> pictures;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(data / "images")) {
    if (entry.path().extension() == ".jpg") pictures.push_back(entry.path());
  }
  std::printf("%-10s %8s %8s %8s %8s   (%% of the faces found)\n", "detail", "faces", "LOW", "MEDIUM", "HIGH");
  for (const int reduction : reductions) {
    int faces = 0;
    int dropped[std::size(bars)] = {};
    for (const auto& path : pictures) {
      const auto decoded = codec::decode(read_file(path), {});
      if (!decoded.ok()) continue;
      const auto found =
          (*analyzer)->analyze(blurred(decoded->image, reduction), {.describe = true, .embed = true, .max_faces = 1});
      if (!found.ok() || found->empty()) continue;
      ++faces;
      for (std::size_t i = 0; i < std::size(bars); ++i) dropped[i] += gallery::meets(found->front(), bars[i]) ? 0 : 1;
    }
    std::printf("1/%-8d %8d", reduction, faces);
    for (const int count : dropped) std::printf(" %8.2f", 100.0 * count / faces);
    std::printf("\n");
  }
  return 0;
}

}  // namespace
}  // namespace likeness

int main(int argc, char** argv) {
  if (argc != 3) {
    (void)std::fprintf(stderr, "usage: quality_bars DATA PACKS\n");
    return 2;
  }
  return likeness::run(argv[1], argv[2]);
}
