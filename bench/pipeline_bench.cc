// One DetectFaces of a 1920x1080 JPEG in process: stage by stage beside the limit of each stage, the whole beside their
// sums, and two threads beside one.
//
//   pipeline_bench PACKS [--picture FILE] [--rounds N] [--seconds S] [--f32]
//
// A limit is the model alone in the engine's own loop, on a request that is ready, or libjpeg-turbo alone. Medians; the
// measured things alternate within each round, so that ratios hold on a busy machine. The probe is a loop of arithmetic
// on one thread and on two: under 1.8x the cores had other work, and the ratio of the pipeline says nothing.
#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <string>
#include <thread>
#include <vector>

#include "CLI/CLI.hpp"
#include "codec/decode.h"
#include "codec/encode.h"
#include "codec/jpeg_library.h"
#include "detect/input_ladder.h"
#include "image/resize.h"
#include "pipeline/analyze_image.h"

namespace likeness {
namespace {

using Clock = std::chrono::steady_clock;

struct Stage {
  std::string name;
  std::function<void()> work;
  std::function<void()> limit;  // empty: there is none
  std::vector<double> work_ms = {};
  std::vector<double> limit_ms = {};
};

double median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

double milliseconds(const std::function<void()>& work) {
  const auto start = Clock::now();
  work();
  return std::chrono::duration<double, std::milli>(Clock::now() - start).count();
}

template <typename T>
T value_or_exit(Result<T> result) {
  if (result.ok()) return std::move(result).value();
  std::fprintf(stderr, "pipeline_bench: %s\n", result.error().message.c_str());
  std::exit(1);
}

// The least that libjpeg-turbo can be asked for: into memory that is there already, without any check.
void decode_bare(ByteSpan bytes, std::vector<std::uint8_t>& pixels) {
  jpeg_decompress_struct info = {};
  jpeg_error_mgr errors = {};
  info.err = jpeg_std_error(&errors);
  jpeg_create_decompress(&info);
  jpeg_mem_src(&info, bytes.data(), static_cast<unsigned long>(bytes.size()));
  jpeg_read_header(&info, TRUE);
  info.out_color_space = JCS_EXT_BGR;
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

// A model alone: the same request again and again.
class BareModel {
 public:
  BareModel(infer::Runtime& runtime, const infer::Pack& pack, const std::vector<infer::Shape>& shapes,
            const std::vector<std::string>& outputs)
      : model_(value_or_exit(runtime.load(pack, shapes, outputs))), session_(model_->acquire(0)) {
    std::fill(session_.input().begin(), session_.input().end(), 0.5F);
  }
  void run() const { static_cast<void>(session_.run().ok()); }

 private:
  std::unique_ptr<infer::Model> model_;
  infer::Session session_;
};

// Everything that the stages share.
struct Fixture {
  infer::PackFolders packs;
  infer::RuntimeOptions options;
  Bytes file;
  Image image = {};
  std::unique_ptr<pipeline::ImageAnalyzer> analyzer = nullptr;
  std::unique_ptr<infer::Runtime> runtime = nullptr;
  std::unique_ptr<align::FaceMesher> mesher = nullptr;
  detect::FaceDetection face = {};
  FaceMesh mesh = {};
};

infer::Pack open(const Fixture& fixture, const std::string& name, infer::Task task) {
  return value_or_exit(infer::open_pack(fixture.packs, name, task));
}

void prepare(Fixture& fixture) {
  fixture.analyzer =
      value_or_exit(pipeline::ImageAnalyzer::create({.packs = fixture.packs, .runtime = fixture.options}));
  fixture.runtime = value_or_exit(infer::Runtime::create(fixture.options));
  fixture.mesher = value_or_exit(align::FaceMesher::create(
      *fixture.runtime, open(fixture, "face_mesh", infer::Task::face_mesh), open(fixture, "iris", infer::Task::iris)));
  fixture.image = std::move(value_or_exit(codec::decode(fixture.file, {})).image);
  const auto faces = value_or_exit(fixture.analyzer->detector().detect(fixture.image));
  std::printf("%dx%d, %zu bytes, %zu detections\n", fixture.image.width(), fixture.image.height(), fixture.file.size(),
              faces.size());
  if (faces.size() != 1) std::printf("note: the stages below count one face, this picture has %zu\n", faces.size());
  if (faces.empty()) std::exit(1);
  fixture.face = faces[0];
  fixture.mesh = value_or_exit(fixture.mesher->mesh(fixture.image, fixture.face.box, fixture.face.landmarks));
}

std::vector<Stage> make_stages(Fixture& fixture) {
  const infer::Pack yunet = open(fixture, "yunet_s", infer::Task::face_detection);
  const Size size = detect::input_sizes[detect::choose_input_size(fixture.image.size())];
  const infer::Shape shape = {1, 3, static_cast<std::size_t>(size.height), static_cast<std::size_t>(size.width)};
  const auto bare = [&](const infer::Pack& pack, const std::vector<infer::Shape>& shapes, const std::string& output) {
    return std::make_shared<BareModel>(*fixture.runtime, pack, shapes, std::vector{output});
  };
  const auto detector = bare(yunet, {shape}, "cls_8");
  const auto mesh = bare(open(fixture, "face_mesh", infer::Task::face_mesh), {}, "conv2d_21");
  const auto iris = bare(open(fixture, "iris", infer::Task::iris), {}, "output_iris");
  const auto embedder = bare(open(fixture, "fr_feature", infer::Task::face_embedding), {}, "output");
  const auto pixels = std::make_shared<std::vector<std::uint8_t>>();
  Fixture* f = &fixture;
  return {
      {"decode", [f] { static_cast<void>(codec::decode(f->file, {}).ok()); },
       [f, pixels] { decode_bare(f->file, *pixels); }},
      {"detect", [f] { static_cast<void>(f->analyzer->detector().detect(f->image).ok()); },
       [detector] { detector->run(); }},
      {"mesh", [f] { static_cast<void>(f->mesher->mesh(f->image, f->face.box, f->face.landmarks).ok()); },
       [mesh] { mesh->run(); }},
      {"irises", [f] { static_cast<void>(f->mesher->find_irises(f->image, f->mesh).ok()); },
       [iris] {
         iris->run();
         iris->run();
       }},
      {"describe", [f] { static_cast<void>(describe::describe_face(f->image, f->face.box, f->mesh)); }, {}},
      {"embed", [f] { static_cast<void>(f->analyzer->embedder().embed(f->image, five_points(f->mesh)).ok()); },
       [embedder] { embedder->run(); }},
  };
}

void detect_faces(const Fixture& fixture) {
  const codec::Decoded decoded = value_or_exit(codec::decode(fixture.file, {}));
  static_cast<void>(fixture.analyzer->analyze(decoded.image, {.describe = true}).ok());
}

void print_stages(Fixture& fixture, int rounds) {
  std::vector<Stage> stages = make_stages(fixture);
  std::vector<double> whole;
  for (int round = 0; round < rounds; ++round) {
    whole.push_back(milliseconds([&] { detect_faces(fixture); }));
    for (Stage& stage : stages) {
      stage.work_ms.push_back(milliseconds(stage.work));
      if (stage.limit) stage.limit_ms.push_back(milliseconds(stage.limit));
    }
  }
  double work_sum = 0;
  double limit_sum = 0;
  std::printf("\n%-10s %9s %9s %7s   (medians of %d rounds, one thread)\n", "stage", "ms", "limit", "ratio", rounds);
  for (const Stage& stage : stages) {
    const double work = median(stage.work_ms);
    const double limit = stage.limit ? median(stage.limit_ms) : 0;
    if (stage.name != "embed") {  // which DetectFaces does not need
      work_sum += work;
      limit_sum += stage.limit ? limit : work;
    }
    if (stage.limit) {
      std::printf("%-10s %9.2f %9.2f %6.2fx\n", stage.name.c_str(), work, limit, work / limit);
    } else {
      std::printf("%-10s %9.2f\n", stage.name.c_str(), work);
    }
  }
  const double total = median(whole);
  std::printf("DetectFaces %8.2f ms; %.2fx the sum of its stages (%.2f ms), %.2fx the sum of their limits (%.2f ms)\n",
              total, total / work_sum, work_sum, total / limit_sum, limit_sum);
}

// How often `work` runs a second on so many threads.
double rate(int threads, double seconds, const std::function<void()>& work) {
  std::atomic<std::int64_t> done = 0;
  const auto start = Clock::now();
  const auto end = start + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(seconds));
  std::vector<std::thread> workers;
  for (int i = 0; i < threads; ++i) {
    workers.emplace_back([&] {
      while (Clock::now() < end) {
        work();
        done.fetch_add(1);
      }
    });
  }
  for (std::thread& worker : workers) worker.join();
  return static_cast<double>(done.load()) / std::chrono::duration<double>(Clock::now() - start).count();
}

void arithmetic() {
  std::uint64_t state = 1;
  for (int i = 0; i < 1'000'000; ++i) state = state * 6364136223846793005ULL + 1442695040888963407ULL;
  static std::atomic<std::uint64_t> sink;
  sink.store(state, std::memory_order_relaxed);
}

void print_threads(const Fixture& fixture, double seconds) {
  std::vector<double> pipeline_ratios;
  std::vector<double> probe_ratios;
  for (int round = 0; round < 5; ++round) {
    const auto ratio = [seconds](const std::function<void()>& work) {
      const double one = rate(1, seconds / 10, work);
      return rate(2, seconds / 10, work) / one;
    };
    probe_ratios.push_back(ratio(arithmetic));
    pipeline_ratios.push_back(ratio([&] { detect_faces(fixture); }));
  }
  std::printf("two threads: DetectFaces %.2fx of one; probe %.2fx\n", median(pipeline_ratios), median(probe_ratios));
}

// A head before a plain wall, with the noise of a camera: some 300 kB as a JPEG.
Bytes make_file(const Image& head) {
  Image scene({1920, 1080});
  std::uint32_t state = 1;
  for (std::uint8_t& byte : scene.bytes()) {
    state = state * 1664525U + 1013904223U;
    byte = static_cast<std::uint8_t>(120 + (state >> 28U));
  }
  const Image scaled = resize(head, {head.width() * scene.height() / head.height(), scene.height()});
  const int left = (scene.width() - scaled.width()) / 2;
  for (int y = 0; y < scaled.height(); ++y) {
    std::copy_n(scaled.row(y), scaled.width() * Image::channels, scene.row(y) + left * Image::channels);
  }
  return value_or_exit(codec::encode_jpeg(scene, 90));
}

Bytes read_file(const std::string& path) {
  std::ifstream stream(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
}

int run(int count, char** arguments) {
  std::string packs;
  std::string picture;
  int rounds = 60;
  double seconds = 20;
  bool f32 = false;
  CLI::App app("DetectFaces in process, stage by stage");
  app.add_option("packs", packs, "folder of packs; its neighbour testdata/ has the picture");
  app.add_option("--picture", picture, "a JPEG of 1920x1080 with one face");
  app.add_option("--rounds", rounds);
  app.add_option("--seconds", seconds, "for the comparison of two threads with one");
  app.add_flag("--f32", f32);
  CLI11_PARSE(app, count, arguments);

  const std::filesystem::path head = std::filesystem::path(packs) / ".." / "testdata" / "obama.jpg";
  if (packs.empty() || !std::filesystem::exists(picture.empty() ? head.string() : picture)) {
    std::printf("pipeline_bench: skipped, no packs or no picture (tools/bootstrap fetches both)\n");
    return 0;
  }
  Fixture fixture{.packs = {packs},
                  .options = {.threads = 2, .precision = f32 ? infer::Precision::f32 : infer::Precision::automatic},
                  .file = {}};
  fixture.file = picture.empty() ? make_file(value_or_exit(codec::decode(read_file(head.string()), {})).image)
                                 : read_file(picture);
  prepare(fixture);
  std::printf("%s\n", fixture.runtime->uses_bf16() ? "bf16" : "f32");
  print_stages(fixture, rounds);
  print_threads(fixture, seconds);
  return 0;
}

}  // namespace
}  // namespace likeness

int main(int count, char** arguments) { return likeness::run(count, arguments); }
