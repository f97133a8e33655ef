// What blur, distance, movement and noise do to recognition, and how well a face's quality foretells it, on the
// development folds of Labeled Faces in the Wild.
//
//   quality_eval DATA PACKS [embedder=NAME] [detector=NAME]
//
// DATA has images/<Name>/<Name>_NNNN.jpg. Prints, for docs/models.md and for the manifest of a pack:
//   1. how many faces are still found, and how sharp they are;
//   2. how alike blurred strangers are, by the sharpness of the sharper of the two, and how many times their distance
//      must count ([[blurred_strangers]]);
//   3. false and true matches at the pack's Similarity 50, 80 and 99, with distances as they are and as they count;
//   4. the numbers of [quality], fitted; how often faces of each quality match; and how many non-matches are left when
//      the worst faces are dropped (an error-versus-discard curve: Grother and Tabassi, 2007).
#include <algorithm>
#include <array>
#include <atomic>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <numeric>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "codec/decode.h"
#include "degrade.h"
#include "pipeline/analyze_image.h"
#include "quality_fit.h"

namespace likeness::bench {
namespace {

namespace fs = std::filesystem;

// LFW shows this woman under a second name (data/README.md): her picture is left out.
constexpr std::string_view mislabelled = "Flor_Montulo_0002";

constexpr std::array<Degradation, 18> degradations = {{
    {.name = "as it is"},
    {.name = "blur 1 %", .blur = 0.01F},
    {.name = "blur 2 %", .blur = 0.02F},
    {.name = "blur 3 %", .blur = 0.03F},
    {.name = "blur 4 %", .blur = 0.04F},
    {.name = "blur 5 %", .blur = 0.05F},
    {.name = "blur 6 %", .blur = 0.06F},
    {.name = "40 px wide", .face_width = 40},
    {.name = "24 px wide", .face_width = 24},
    {.name = "16 px wide", .face_width = 16},
    {.name = "moved 10 % across", .move_x = 0.1F},
    {.name = "moved 20 % across", .move_x = 0.2F},
    {.name = "moved 10 % down", .move_y = 0.1F},
    {.name = "moved 20 % down", .move_y = 0.2F},
    {.name = "noise 20", .noise = 20},
    {.name = "blur 3 %, noise 10", .blur = 0.03F, .noise = 10},
    {.name = "blur 4 %, noise 4", .blur = 0.04F, .noise = 4},
    {.name = "blur 4 %, noise 10", .blur = 0.04F, .noise = 10},
}};
constexpr std::size_t blurs = 7;  // the first ones: what the table is made from
// Of which the quality is fitted: what pictures are like that people use.
constexpr std::array<std::size_t, 9> usual = {0, 1, 2, 3, 7, 8, 9, 10, 14};

struct Face {
  std::vector<float> embedding;  // empty: not found
  embed::QualityCues cues;
};

struct Picture {
  fs::path path;
  std::string person;
  std::array<Face, degradations.size()> faces;
};

const pipeline::AnalyzedFace* central(const std::vector<pipeline::AnalyzedFace>& faces) {
  const auto distance = [](const pipeline::AnalyzedFace& face) {
    return std::hypot(face.box.left + face.box.width / 2 - 0.5F, face.box.top + face.box.height / 2 - 0.5F);
  };
  const auto best = std::min_element(faces.begin(), faces.end(),
                                     [&](const auto& a, const auto& b) { return distance(a) < distance(b); });
  return best == faces.end() ? nullptr : &*best;
}

void look(const pipeline::ImageAnalyzer& analyzer, Picture& picture) {
  std::ifstream file(picture.path, std::ios::binary);
  const Bytes bytes((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  const Result<codec::Decoded> decoded = codec::decode(bytes, {});
  if (!decoded.ok()) return;
  const auto plain = analyzer.analyze(decoded->image, {});
  if (!plain.ok() || plain->empty()) return;
  const float width = central(*plain)->box.width * static_cast<float>(decoded->image.width());
  for (std::size_t i = 0; i < degradations.size(); ++i) {
    const auto found =
        analyzer.analyze(degrade(decoded->image, degradations[i], width), {.describe = true, .embed = true});
    if (!found.ok() || found->empty()) continue;
    const pipeline::AnalyzedFace& face = *central(*found);
    if (!face.embedding) continue;
    const auto& cover = face.description->face_occluded;
    picture.faces[i] = {
        .embedding = face.embedding->values,
        .cues = {.norm = face.embedding->norm,
                 .sharpness = face.description->quality.sharpness,
                 .cover = cover ? (cover->value ? cover->confidence : 100 - cover->confidence) / 100 : 0.0F}};
  }
}

struct Pair {
  float cosine;
  float sharpness;  // of the sharper
  bool same;
};

float dot(const std::vector<float>& a, const std::vector<float>& b) {
  return std::inner_product(a.begin(), a.end(), b.begin(), 0.0F);
}

std::vector<Pair> pairs_of(const std::vector<Picture>& pictures, std::size_t degradation) {
  std::vector<Pair> pairs;
  for (std::size_t i = 0; i < pictures.size(); ++i) {
    const Face& a = pictures[i].faces[degradation];
    if (a.embedding.empty()) continue;
    for (std::size_t j = i + 1; j < pictures.size(); ++j) {
      const Face& b = pictures[j].faces[degradation];
      if (b.embedding.empty()) continue;
      pairs.push_back({dot(a.embedding, b.embedding), std::max(a.cues.sharpness, b.cues.sharpness),
                       pictures[i].person == pictures[j].person});
    }
  }
  return pairs;
}

float quantile(std::vector<float>& values, double share) {
  const auto at = values.begin() + static_cast<std::ptrdiff_t>(share * static_cast<double>(values.size() - 1));
  std::nth_element(values.begin(), at, values.end());
  return *at;
}

void print_sharpness(const std::vector<Picture>& pictures) {
  std::printf("\n| picture | faces found | sharpness 1 %% | median | 99 %% |\n|---|---|---|---|---|\n");
  for (std::size_t i = 0; i < degradations.size(); ++i) {
    std::vector<float> sharpness;
    for (const Picture& picture : pictures) {
      if (!picture.faces[i].embedding.empty()) sharpness.push_back(picture.faces[i].cues.sharpness);
    }
    if (sharpness.empty()) continue;
    std::printf("| %s | %zu | %.0f | %.0f | %.0f |\n", degradations[i].name, sharpness.size(),
                quantile(sharpness, 0.01), quantile(sharpness, 0.5), quantile(sharpness, 0.99));
  }
}

// The cosines that this share of the pairs reach, for 1e-3, 1e-4 and 1e-5.
constexpr std::array<double, 3> tails = {1e-3, 1e-4, 1e-5};

void print_table(const std::vector<std::vector<Pair>>& pairs) {
  std::vector<float> plain;
  for (const Pair& pair : pairs[0]) {
    if (!pair.same) plain.push_back(pair.cosine);
  }
  std::array<float, tails.size()> reference{};
  for (std::size_t i = 0; i < tails.size(); ++i) reference[i] = quantile(plain, 1 - tails[i]);
  std::printf(
      "\nstrangers, blurred by a Gaussian; cosine that 1e-3, 1e-4, 1e-5 of the pairs reach (as they are: %.3f "
      "%.3f %.3f)\n\n| sharpness of the sharper | pairs | cosines | distance factors |\n|---|---|---|---|\n",
      reference[0], reference[1], reference[2]);
  constexpr std::array<float, 21> edges = {0,  3,  4,  5,  6,  8,  10, 12, 15, 18, 21,
                                           25, 30, 35, 40, 45, 50, 55, 60, 70, 101};
  for (std::size_t bin = 0; bin + 1 < edges.size(); ++bin) {
    std::vector<float> cosines;
    for (std::size_t blur = 0; blur < blurs; ++blur) {
      for (const Pair& pair : pairs[blur]) {
        const bool is_in = pair.sharpness >= edges[bin] && pair.sharpness < edges[bin + 1];
        if (is_in && !pair.same) cosines.push_back(pair.cosine);
      }
    }
    if (cosines.size() < 10'000) continue;  // no tail to speak of
    std::printf("| %.0f to %.0f | %zu |", edges[bin], edges[bin + 1], cosines.size());
    std::array<float, tails.size()> at{};
    for (std::size_t i = 0; i < tails.size(); ++i) std::printf(" %.3f", at[i] = quantile(cosines, 1 - tails[i]));
    std::printf(" |");
    for (std::size_t i = 0; i < tails.size(); ++i) std::printf(" %.2f", (1 - reference[i]) / (1 - at[i]));
    std::printf(" |\n");
  }
}

double share_above(const std::vector<Pair>& pairs, bool same, const embed::Calibration& calibration, float similarity,
                   bool corrected) {
  const float threshold = calibration.cosine(similarity);
  std::size_t all = 0;
  std::size_t above = 0;
  for (const Pair& pair : pairs) {
    if (pair.same != same) continue;
    ++all;
    const float cosine = corrected ? calibration.effective_cosine(pair.cosine, pair.sharpness) : pair.cosine;
    above += cosine >= threshold ? 1 : 0;
  }
  return all == 0 ? 0 : static_cast<double>(above) / static_cast<double>(all);
}

void print_matches(const std::vector<std::vector<Pair>>& pairs, const embed::Calibration& calibration) {
  std::printf(
      "\nboth pictures of a pair; distances as they are -> as they count\n\n| pictures | false at 50 | at 80 | "
      "at 99 | true at 50 | at 80 |\n|---|---|---|---|---|---|\n");
  for (std::size_t i = 0; i < degradations.size(); ++i) {
    std::printf("| %s |", degradations[i].name);
    for (const float similarity : {50.0F, 80.0F, 99.0F}) {
      std::printf(" %.1e -> %.1e |", share_above(pairs[i], false, calibration, similarity, false),
                  share_above(pairs[i], false, calibration, similarity, true));
    }
    for (const float similarity : {50.0F, 80.0F}) {
      std::printf(" %.1f -> %.1f %% |", 100 * share_above(pairs[i], true, calibration, similarity, false),
                  100 * share_above(pairs[i], true, calibration, similarity, true));
    }
    std::printf("\n");
  }
}

std::vector<Attempt> attempts_of(const std::vector<Picture>& pictures, std::size_t degradation, float threshold) {
  std::vector<Attempt> attempts;
  for (std::size_t i = 0; i < pictures.size(); ++i) {
    const Face& face = pictures[i].faces[degradation];
    if (face.embedding.empty()) continue;
    for (std::size_t j = 0; j < pictures.size(); ++j) {
      const Face& sharp = pictures[j].faces[0];
      if (i == j || sharp.embedding.empty() || pictures[i].person != pictures[j].person) continue;
      attempts.push_back({face.cues, dot(face.embedding, sharp.embedding) >= threshold});
    }
  }
  return attempts;
}

void print_reliability(const std::vector<Attempt>& attempts, const infer::QualityModel& model) {
  std::printf("\n| quality | comparisons | match |\n|---|---|---|\n");
  for (int decile = 0; decile < 10; ++decile) {
    std::size_t all = 0;
    std::size_t matched = 0;
    for (const Attempt& attempt : attempts) {
      if (std::min(9, static_cast<int>(embed::face_quality(model, attempt.cues) / 10)) != decile) continue;
      ++all;
      matched += attempt.matched ? 1 : 0;
    }
    if (all < 50) continue;
    std::printf("| %d to %d | %zu | %.0f %% |\n", 10 * decile, 10 * decile + 10, all,
                100.0 * static_cast<double>(matched) / static_cast<double>(all));
  }
}

// Non-matches of pictures as they are, when the share of the faces with the lowest quality is dropped.
void print_discard(const std::vector<Picture>& pictures, const std::vector<Pair>& plain,
                   const infer::QualityModel& model) {
  std::vector<float> different;
  for (const Pair& pair : plain) {
    if (!pair.same) different.push_back(pair.cosine);
  }
  const float threshold = quantile(different, 1 - 1e-4);
  std::vector<float> qualities;
  qualities.reserve(pictures.size());
  for (const Picture& picture : pictures) qualities.push_back(embed::face_quality(model, picture.faces[0].cues));
  std::printf(
      "\n| faces dropped | least quality | comparisons of one person | non-matches at FMR 1e-4 | of those "
      "without dropping |\n|---|---|---|---|---|\n");
  double first = 0;
  for (const double share : {0.0, 0.01, 0.02, 0.05, 0.10, 0.20}) {
    std::vector<float> sorted = qualities;
    const float least = share > 0 ? quantile(sorted, share) : 0;
    std::size_t all = 0;
    std::size_t missed = 0;
    for (std::size_t i = 0; i < pictures.size(); ++i) {
      for (std::size_t j = i + 1; j < pictures.size(); ++j) {
        const bool counts = qualities[i] >= least && qualities[j] >= least &&
                            pictures[i].person == pictures[j].person && !pictures[i].faces[0].embedding.empty() &&
                            !pictures[j].faces[0].embedding.empty();
        if (!counts) continue;
        ++all;
        missed += dot(pictures[i].faces[0].embedding, pictures[j].faces[0].embedding) < threshold ? 1U : 0U;
      }
    }
    const double rate = static_cast<double>(missed) / static_cast<double>(all);
    if (share == 0) first = rate;
    std::printf("| %.0f %% | %.1f | %zu | %.2f %% | %.0f %% |\n", 100 * share, least, all, 100 * rate,
                100 * rate / first);
  }
}

std::vector<Picture> list_pictures(const fs::path& data) {
  std::vector<Picture> pictures;
  for (const auto& entry : fs::recursive_directory_iterator(data / "images")) {
    if (entry.path().extension() != ".jpg" || entry.path().stem().string() == mislabelled) continue;
    pictures.push_back({entry.path(), entry.path().parent_path().filename().string(), {}});
  }
  std::sort(pictures.begin(), pictures.end(), [](const auto& a, const auto& b) { return a.path < b.path; });
  return pictures;
}

void report(const std::vector<Picture>& pictures, const embed::Embedder& embedder) {
  print_sharpness(pictures);
  std::vector<std::vector<Pair>> pairs;
  pairs.reserve(degradations.size());
  for (std::size_t i = 0; i < degradations.size(); ++i) pairs.push_back(pairs_of(pictures, i));
  print_table(pairs);
  print_matches(pairs, embedder.calibration());
  std::vector<Attempt> attempts;
  for (const std::size_t i : usual) {
    const std::vector<Attempt> more = attempts_of(pictures, i, embedder.calibration().cosine(50));
    attempts.insert(attempts.end(), more.begin(), more.end());
  }
  const infer::QualityModel fitted = fit_quality(attempts);
  std::printf("\n[quality]  # fitted\nintercept = %.2f\nnorm = %.3f\nsharpness = %.2f\ncover = %.2f\n",
              fitted.intercept, fitted.norm, fitted.sharpness, fitted.cover);
  const infer::QualityModel& model = embedder.quality_model() ? *embedder.quality_model() : fitted;
  std::printf("\nthe %s numbers:\n", embedder.quality_model() ? "manifest's" : "fitted");
  print_reliability(attempts, model);
  print_discard(pictures, pairs[0], model);
}

int run(const fs::path& data, pipeline::AnalyzerOptions options) {
  if (!fs::is_directory(data / "images")) {
    std::printf("quality_eval: no %s/images, nothing measured\n", data.c_str());
    return 0;
  }
  const unsigned threads = std::max(1U, std::thread::hardware_concurrency());
  options.runtime.threads = static_cast<int>(threads);
  const auto analyzer = pipeline::ImageAnalyzer::create(options);
  if (!analyzer.ok()) {
    (void)std::fprintf(stderr, "quality_eval: %s\n", analyzer.error().message.c_str());
    return 1;
  }
  std::vector<Picture> pictures = list_pictures(data);
  std::atomic<std::size_t> next = 0;
  std::vector<std::thread> workers;
  workers.reserve(threads);
  for (unsigned i = 0; i < threads; ++i) {
    workers.emplace_back([&] {
      for (std::size_t at = next++; at < pictures.size(); at = next++) look(**analyzer, pictures[at]);
    });
  }
  for (std::thread& worker : workers) worker.join();
  std::printf("%zu pictures, %s, %s\n", pictures.size(), options.detector.c_str(), options.embedder.c_str());
  report(pictures, (*analyzer)->embedder());
  return 0;
}

}  // namespace
}  // namespace likeness::bench

int main(int argc, char** argv) {
  if (argc < 3) {
    (void)std::fprintf(stderr, "usage: quality_eval DATA PACKS [embedder=NAME] [detector=NAME]\n");
    return 2;
  }
  likeness::pipeline::AnalyzerOptions options;
  options.packs = {argv[2]};
  for (int i = 3; i < argc; ++i) {
    const std::string argument = argv[i];
    if (argument.starts_with("embedder=")) options.embedder = argument.substr(9);
    if (argument.starts_with("detector=")) options.detector = argument.substr(9);
  }
  return likeness::bench::run(argv[1], options);
}
