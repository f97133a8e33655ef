// Recognition on the development folds of Labeled Faces in the Wild (folds 1 and 2), through the whole pipeline.
//
//   lfw_dev DATA PACKS [detector=NAME] [embedder=NAME] [f32] [dump=FILE] [mirror] [crops=A,B,...] [one-side]
//
// dump: also writes the embeddings, a line each, for match_accuracy.
// mirror, crops: a face is the mean of several views (enrolment_views.h); one-side: only the first of the two pictures
// of a comparison is, as where views are taken at enrolment and not at search.
//
// DATA has images/<Name>/<Name>_NNNN.jpg and pairs.txt. Prints the accuracy on the 1,200 pairs, the threshold of each
// fold chosen on the other one, and the rate of true matches at fixed rates of false ones over all pairs of pictures.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <numeric>
#include <sstream>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "codec/decode.h"
#include "enrolment_views.h"
#include "pipeline/analyze_image.h"

namespace likeness {
namespace {

namespace fs = std::filesystem;

// LFW shows one woman under these two names (data/README.md): the pair is counted in neither class.
constexpr std::string_view mislabelled_a = "Flor_Montulo_0002";
constexpr std::string_view mislabelled_b = "Nora_Bendijo_0001";

struct Picture {
  std::string name;    // "Aaron_Peirsol_0001"
  std::string person;  // "Aaron_Peirsol"
  fs::path path;
  std::vector<float> embedding = {};  // empty: no face found
  std::vector<float> enrolled = {};   // what it is compared by where it comes first
};

struct Pair {
  std::size_t a;
  std::size_t b;
  bool same;
  int fold;
};

std::vector<Picture> list_pictures(const fs::path& data) {
  std::vector<Picture> pictures;
  for (const auto& entry : fs::recursive_directory_iterator(data / "images")) {
    if (entry.path().extension() != ".jpg") continue;
    pictures.push_back({entry.path().stem().string(), entry.path().parent_path().filename().string(), entry.path()});
  }
  std::sort(pictures.begin(), pictures.end(), [](const Picture& a, const Picture& b) { return a.name < b.name; });
  return pictures;
}

std::vector<Pair> read_pairs(const fs::path& path, const std::vector<Picture>& pictures) {
  std::map<std::string, std::size_t> index;
  for (std::size_t i = 0; i < pictures.size(); ++i) index[pictures[i].name] = i;
  const auto find = [&](const std::string& person, int number) {
    char suffix[8];
    static_cast<void>(std::snprintf(suffix, sizeof suffix, "_%04d", number % 10000));
    return index.at(person + suffix);
  };
  std::ifstream file(path);
  std::string line;
  std::getline(file, line);
  int folds = 0;
  int each = 0;
  std::istringstream(line) >> folds >> each;
  std::vector<Pair> pairs;
  for (int i = 0; i < folds * each * 2 && std::getline(file, line); ++i) {
    std::istringstream words(line);
    std::string first;
    std::string second;
    int m = 0;
    int n = 0;
    const bool same = (i / each) % 2 == 0;
    if (same) {
      words >> first >> m >> n;
      second = first;
    } else {
      words >> first >> m >> second >> n;
    }
    pairs.push_back({find(first, m), find(second, n), same, i / (2 * each)});
  }
  return pairs;
}

// LFW is centred on the person it names: the face whose box lies nearest the middle.
const pipeline::AnalyzedFace* central(const std::vector<pipeline::AnalyzedFace>& faces) {
  const auto distance = [](const pipeline::AnalyzedFace& face) {
    const float x = face.box.left + face.box.width / 2 - 0.5F;
    const float y = face.box.top + face.box.height / 2 - 0.5F;
    return x * x + y * y;
  };
  const auto best = std::min_element(faces.begin(), faces.end(),
                                     [&](const auto& a, const auto& b) { return distance(a) < distance(b); });
  return best == faces.end() ? nullptr : &*best;
}

// What the command asks for, and the stages for it.
struct Bench {
  std::unique_ptr<pipeline::ImageAnalyzer> analyzer = nullptr;
  std::unique_ptr<bench::ViewEmbedder> views = nullptr;  // null: one view
  bool one_side = false;
};

void embed(const Bench& bench, Picture& picture) {
  std::ifstream file(picture.path, std::ios::binary);
  const std::string bytes((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  const Result<codec::Decoded> decoded = codec::decode(as_bytes(bytes), {});
  if (!decoded.ok()) return;
  const auto faces = bench.analyzer->analyze(decoded->image, {.embed = true});
  if (!faces.ok()) return;
  const pipeline::AnalyzedFace* face = central(*faces);
  if (face == nullptr || !face->embedding) return;
  picture.embedding = picture.enrolled = face->embedding->values;
  if (bench.views == nullptr) return;
  Result<std::vector<float>> mean = bench.views->embed(decoded->image, face->box);
  if (!mean.ok()) return;
  picture.enrolled = *std::move(mean);
  if (!bench.one_side) picture.embedding = picture.enrolled;
}

float cosine(const Picture& a, const Picture& b) {
  if (a.embedding.empty() || b.embedding.empty()) return -1;
  return std::inner_product(a.enrolled.begin(), a.enrolled.end(), b.embedding.begin(), 0.0F);
}

// The share of pairs of this fold (or, of all others) that the threshold judges rightly.
double accuracy(const std::vector<Pair>& pairs, const std::vector<float>& cosines, int fold, bool others,
                float threshold) {
  int right = 0;
  int all = 0;
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    if ((pairs[i].fold == fold) == others) continue;
    ++all;
    right += (cosines[i] >= threshold) == pairs[i].same ? 1 : 0;
  }
  return static_cast<double>(right) / all;
}

void print_pairs(const std::vector<Pair>& pairs, const std::vector<Picture>& pictures) {
  std::vector<float> cosines;
  cosines.reserve(pairs.size());
  for (const Pair& pair : pairs) cosines.push_back(cosine(pictures[pair.a], pictures[pair.b]));
  double sum = 0;
  for (int fold = 0; fold < 2; ++fold) {
    const float best = *std::max_element(cosines.begin(), cosines.end(), [&](float a, float b) {
      return accuracy(pairs, cosines, fold, true, a) < accuracy(pairs, cosines, fold, true, b);
    });
    const double reached = accuracy(pairs, cosines, fold, false, best);
    std::printf("fold %d: %.2f %% at cosine %.3f\n", fold + 1, 100 * reached, static_cast<double>(best));
    sum += reached;
  }
  std::printf("accuracy: %.2f %%\n", 100 * sum / 2);
}

bool is_mislabelled(const Picture& a, const Picture& b) {
  return (a.name == mislabelled_a && b.name == mislabelled_b) || (a.name == mislabelled_b && b.name == mislabelled_a);
}

void print_rates(const std::vector<Picture>& pictures) {
  std::vector<float> same;
  std::vector<float> different;
  for (std::size_t i = 0; i < pictures.size(); ++i) {
    for (std::size_t j = i + 1; j < pictures.size(); ++j) {
      if (is_mislabelled(pictures[i], pictures[j])) continue;
      (pictures[i].person == pictures[j].person ? same : different).push_back(cosine(pictures[i], pictures[j]));
    }
  }
  std::sort(different.begin(), different.end(), std::greater<>());
  std::printf("comparisons: %zu same, %zu different\n", same.size(), different.size());
  for (const double rate : {1e-1, 1e-2, 1e-3, 1e-4, 1e-5, 3e-6}) {
    const float threshold = different.at(static_cast<std::size_t>(rate * static_cast<double>(different.size())));
    const auto matched = std::count_if(same.begin(), same.end(), [&](float value) { return value > threshold; });
    std::printf("false-match rate %.0e: cosine %.3f, true matches %.2f %%\n", rate, static_cast<double>(threshold),
                100.0 * static_cast<double>(matched) / static_cast<double>(same.size()));
  }
}

void dump(const std::vector<Picture>& pictures, const std::string& path) {
  std::ofstream file(path);
  file.precision(9);
  for (const Picture& picture : pictures) {
    if (picture.embedding.empty()) continue;
    file << picture.name;
    for (const float value : picture.embedding) file << '\t' << value;
    file << '\n';
  }
}

struct Options {
  pipeline::AnalyzerOptions analyzer;
  bench::Views views;
  bool one_side = false;
  std::string dumped;
};

std::vector<double> numbers(std::string_view list) {
  std::vector<double> values;
  std::istringstream words{std::string(list)};
  for (std::string word; std::getline(words, word, ',');) values.push_back(std::strtod(word.c_str(), nullptr));
  return values;
}

Options parse(int count, char** arguments, int threads) {
  Options options{.analyzer = {.packs = {arguments[2]}, .runtime = {.threads = threads}}, .views = {}, .dumped = {}};
  for (int i = 3; i < count; ++i) {
    const std::string_view argument = arguments[i];
    if (argument.starts_with("detector=")) options.analyzer.detector = argument.substr(9);
    if (argument.starts_with("embedder=")) options.analyzer.embedder = argument.substr(9);
    if (argument.starts_with("dump=")) options.dumped = argument.substr(5);
    if (argument.starts_with("crops=")) options.views.crops = numbers(argument.substr(6));
    if (argument == "mirror") options.views.mirror = true;
    if (argument == "one-side") options.one_side = true;
    if (argument == "f32") options.analyzer.runtime.precision = infer::Precision::f32;
  }
  return options;
}

Result<Bench> make_bench(const Options& options) {
  Bench bench{.one_side = options.one_side};
  bench.analyzer = TRY(pipeline::ImageAnalyzer::create(options.analyzer));
  if (options.views.mirror || !options.views.crops.empty()) {
    bench.views = TRY(bench::ViewEmbedder::create(options.analyzer, options.views));
  }
  return bench;
}

void embed_all(const Bench& bench, std::vector<Picture>& pictures, int threads) {
  std::vector<std::thread> workers;
  workers.reserve(static_cast<std::size_t>(threads));
  for (int worker = 0; worker < threads; ++worker) {
    workers.emplace_back([&, worker] {
      for (auto i = static_cast<std::size_t>(worker); i < pictures.size(); i += static_cast<std::size_t>(threads)) {
        embed(bench, pictures[i]);
      }
    });
  }
  for (std::thread& worker : workers) worker.join();
}

int run(int count, char** arguments) {
  if (count < 3 || !fs::exists(fs::path(arguments[1]) / "pairs.txt")) {
    std::printf(
        "lfw_dev: skipped, no data (usage: lfw_dev DATA PACKS [detector=NAME] [embedder=NAME] [f32] "
        "[dump=FILE] [mirror] [crops=A,B,...] [one-side])\n");
    return 0;
  }
  const int threads = static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
  const Options options = parse(count, arguments, threads);
  const Result<Bench> bench = make_bench(options);
  if (!bench.ok()) {
    static_cast<void>(std::fprintf(stderr, "lfw_dev: %s\n", bench.error().message.c_str()));
    return 1;
  }
  std::vector<Picture> pictures = list_pictures(arguments[1]);
  embed_all(*bench, pictures, threads);
  const auto missed =
      std::count_if(pictures.begin(), pictures.end(), [](const auto& p) { return p.embedding.empty(); });
  const pipeline::AnalyzerOptions& packs = options.analyzer;
  std::printf("%s + %s, %s: %zu pictures, %td without a face\n", packs.detector.c_str(), packs.embedder.c_str(),
              packs.runtime.precision == infer::Precision::f32 ? "f32" : "bf16 where the CPU has it", pictures.size(),
              missed);
  print_pairs(read_pairs(fs::path(arguments[1]) / "pairs.txt", pictures), pictures);
  print_rates(pictures);
  if (!options.dumped.empty()) dump(pictures, options.dumped);
  return 0;
}

}  // namespace
}  // namespace likeness

int main(int count, char** arguments) { return likeness::run(count, arguments); }
