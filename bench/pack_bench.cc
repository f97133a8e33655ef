// Every installed network alone on one core: in f32, in bf16, and as its int8 twins, beside what its arithmetic would
// take at the peak of the unit that does it.
//
//   pack_bench PACKS [--int8 FOLDER] [--only NAME] [--rounds N]
//
// A twin is a pack of FOLDER (tools/quantize_pack.py makes them) called like the pack it was made of, with something
// after it: fr_feature_int8. What a twin keeps in float runs in bf16 where the CPU has it ("int8+bf16") or not
// ("int8+f32"). Detectors read 960x544. Times are medians of the CPU time that this process used, and the networks of a
// pack alternate within each round, so that ratios hold on a busy machine. The probe is the f32 peak on two threads and
// on one: under 1.8x the cores had other work. Peaks are of AVX units: a CPU with AMX may be faster than the limit.
#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "CLI/CLI.hpp"
#include "infer/pack.h"
#include "infer/runtime.h"
#include "match_limits.h"
#include "network_flops.h"

namespace likeness {
namespace {

constexpr std::array<std::size_t, 4> detector_shape = {1, 3, 544, 960};

// The runtimes and peaks that all packs are measured with.
struct Machine {
  std::unique_ptr<infer::Runtime> f32;
  std::unique_ptr<infer::Runtime> automatic;
  bench::Peak f32_peak = bench::f32_peak(1);
  bench::Peak bf16_peak = bench::bf16_peak(1);
  bench::Peak int8_peak = bench::int8_peak(1);
};

struct Form {
  std::string name;     // the pack's, and how it computes
  double limit_ms = 0;  // 0: not known
  std::unique_ptr<infer::Model> model;
  std::vector<double> ms = {};
};

[[noreturn]] void fail(const std::string& message) {
  static_cast<void>(std::fprintf(stderr, "pack_bench: %s\n", message.c_str()));
  std::exit(1);
}

template <typename T>
T value_or_exit(Result<T> result) {
  if (!result.ok()) fail(result.error().message);
  return std::move(result).value();
}

double median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

double probe() { return bench::f32_peak(2).operations / bench::f32_peak(1).operations; }

std::vector<infer::Shape> shapes_of(const infer::Manifest& manifest) {
  if (manifest.task != infer::Task::face_detection) return {};
  return {infer::Shape(detector_shape.begin(), detector_shape.end())};
}

bool is_twin(const infer::Manifest& twin, const infer::Manifest& pack) {
  return twin.task == pack.task && twin.name.starts_with(pack.name + "_");
}

std::vector<Form> forms_of(Machine& machine, const infer::Pack& pack, const std::vector<infer::Pack>& twins,
                           double operations) {
  std::vector<Form> forms;
  const auto add = [&](infer::Runtime& runtime, const infer::Pack& form, const char* how, const bench::Peak& peak) {
    forms.push_back({.name = form.manifest.name + ", " + how,
                     .limit_ms = peak.operations > 0 ? 1e3 * operations / peak.operations : 0,
                     .model = value_or_exit(runtime.load(form, shapes_of(form.manifest), {}))});
  };
  const bool has_bf16 = machine.automatic->uses_bf16() && pack.manifest.bf16;
  add(*machine.f32, pack, "f32", machine.f32_peak);
  if (has_bf16) add(*machine.automatic, pack, "bf16", machine.bf16_peak);
  for (const infer::Pack& twin : twins) {
    if (!is_twin(twin.manifest, pack.manifest)) continue;
    add(*machine.f32, twin, "int8+f32", machine.int8_peak);
    if (has_bf16) add(*machine.automatic, twin, "int8+bf16", machine.int8_peak);
  }
  return forms;
}

// Of CPU time: an inference runs on the thread that asks for it.
double milliseconds(const infer::Session& session) {
  const auto now = [] {
    timespec time = {};
    static_cast<void>(::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time));
    return 1e3 * static_cast<double>(time.tv_sec) + 1e-6 * static_cast<double>(time.tv_nsec);
  };
  const double start = now();
  static_cast<void>(session.run().ok());
  return now() - start;
}

void measure(std::vector<Form>& forms, int rounds) {
  std::vector<infer::Session> sessions;
  for (const Form& form : forms) {
    sessions.push_back(form.model->acquire(0));
    std::fill(sessions.back().input().begin(), sessions.back().input().end(), 0.5F);
    static_cast<void>(milliseconds(sessions.back()));  // the first one touches all memory
  }
  for (int round = 0; round < rounds; ++round) {
    for (std::size_t i = 0; i < forms.size(); ++i) forms[i].ms.push_back(milliseconds(sessions[i]));
  }
}

void print(const std::vector<Form>& forms, double operations) {
  const double f32 = median(forms.front().ms);
  const double bf16 = forms.size() > 1 ? median(forms[1].ms) : 0;
  for (const Form& form : forms) {
    const double ms = median(form.ms);
    std::printf("%-41s %7.3f %8.3f", form.name.c_str(), operations / 1e9, ms);
    if (form.limit_ms > 0) {
      std::printf(" %8.3f %7.2fx", form.limit_ms, ms / form.limit_ms);
    } else {
      std::printf(" %8s %8s", "", "");
    }
    std::printf(" %7.2f", ms / f32);
    if (forms.size() > 1 && forms[1].name.ends_with(", bf16")) std::printf(" %8.2f", ms / bf16);
    std::printf("\n");
  }
}

std::vector<infer::Pack> open_all(const std::string& folder) {
  std::vector<infer::Pack> packs;
  if (folder.empty()) return packs;
  for (const infer::PackListing& listing : infer::list_packs({folder})) {
    if (listing.state != infer::PackState::ok) {
      std::printf("note: %s is left out: %s\n", listing.manifest.name.c_str(), listing.detail.c_str());
      continue;
    }
    if (!listing.manifest.joined.empty()) continue;  // no network of its own
    packs.push_back(value_or_exit(infer::open_pack({folder}, listing.manifest.name, listing.manifest.task)));
  }
  return packs;
}

void print_peak(const char* type, const bench::Peak& peak) {
  std::printf("peak of one core, %s: %.0f GOP/s (%s)\n", type, peak.operations / 1e9, peak.unit.c_str());
}

int run(int count, char** arguments) {
  std::string folder;
  std::string int8_folder;
  std::string only;
  int rounds = 200;
  CLI::App app("Every network alone, in each precision, beside its limit");
  app.add_option("packs", folder, "folder of packs");
  app.add_option("--int8", int8_folder, "folder of int8 twins");
  app.add_option("--only", only, "one pack");
  app.add_option("--rounds", rounds)->check(CLI::PositiveNumber);
  CLI11_PARSE(app, count, arguments);
  if (folder.empty() || !std::filesystem::exists(folder)) {
    std::printf("pack_bench: skipped, no packs (tools/bootstrap fetches them)\n");
    return 0;
  }
  std::printf("probe before: two threads %.2fx of one\n", probe());
  Machine machine{.f32 = value_or_exit(infer::Runtime::create({.precision = infer::Precision::f32})),
                  .automatic = value_or_exit(infer::Runtime::create({}))};
  print_peak("f32", machine.f32_peak);
  print_peak("bf16", machine.bf16_peak);
  print_peak("int8", machine.int8_peak);
  const std::vector<infer::Pack> twins = open_all(int8_folder);
  std::printf("\n%-41s %7s %8s %8s %8s %7s %8s   (CPU time, medians of %d rounds, one thread)\n", "pack", "GFLOP", "ms",
              "limit", "ratio", "of f32", "of bf16", rounds);
  for (const infer::Pack& pack : open_all(folder)) {
    if (!only.empty() && pack.manifest.name != only) continue;
    const std::vector<infer::Shape> shapes = shapes_of(pack.manifest);
    const double operations = bench::network_operations(pack.file, shapes.empty() ? infer::Shape{} : shapes.front());
    std::vector<Form> forms = forms_of(machine, pack, twins, operations);
    measure(forms, rounds);
    print(forms, operations);
  }
  std::printf("probe after: two threads %.2fx of one\n", probe());
  return 0;
}

}  // namespace
}  // namespace likeness

int main(int count, char** arguments) { return likeness::run(count, arguments); }
