#include "app/evaluate_command.h"

#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <fstream>
#include <functional>
#include <memory>
#include <mutex>
#include <ostream>
#include <system_error>
#include <thread>
#include <utility>

#include "app/pack_folders.h"
#include "evaluate/detect_report.h"
#include "evaluate/faces_report.h"
#include "evaluate/groups_report.h"
#include "evaluate/search_report.h"
#include "pipeline/analyze_image.h"

namespace likeness::app {

namespace {

struct Report {
  std::string json;
  std::string html;
  std::vector<std::string> advice;
};

unsigned threads_of(const EvaluateOptions& options) {
  return options.threads > 0 ? options.threads : std::max(1U, std::thread::hardware_concurrency());
}

Result<std::vector<evaluate::LabelledPicture>> list_pictures(const EvaluateOptions& options) {
  const bool is_csv = options.source.extension() == ".csv";
  std::vector<evaluate::LabelledPicture> pictures =
      is_csv ? TRY(evaluate::read_csv(options.source)) : TRY(evaluate::read_folder(options.source));
  if (pictures.empty()) {
    return Error(ErrorKind::not_found,
                 options.source.string() +
                     ": holds no pictures; a folder for each person, with JPEG or PNG files in it, is "
                     "needed (docs/evaluate.md)");
  }
  return pictures;
}

Result<evaluate::IgnoredPairs> ignored_pairs(const EvaluateOptions& options) {
  evaluate::IgnoredPairs pairs;
  for (const std::string& text : options.ignored) {
    const std::size_t comma = text.find(',');
    if (comma == std::string::npos) {
      return Error(ErrorKind::invalid_argument, "--ignore takes the names of two pictures, with a comma between");
    }
    pairs.insert(std::minmax(text.substr(0, comma), text.substr(comma + 1)));
  }
  return pairs;
}

Result<std::unique_ptr<pipeline::ImageAnalyzer>> make_analyzer(const EvaluateOptions& options) {
  pipeline::AnalyzerOptions analyzer;
  analyzer.packs = TRY(pack_folders(options.packs));
  analyzer.detector = options.detector;
  analyzer.embedder = options.embedder;
  analyzer.runtime.threads = static_cast<int>(threads_of(options));
  analyzer.runtime.precision = options.precision == "f32" ? infer::Precision::f32 : infer::Precision::automatic;
  return pipeline::ImageAnalyzer::create(analyzer);
}

// One line that is written over, on a terminal; one every so many pictures elsewhere.
std::function<void(std::size_t)> progress_to(std::ostream& out, std::size_t all, std::mutex& mutex) {
  const bool is_terminal = ::isatty(STDOUT_FILENO) != 0;
  const std::size_t each = is_terminal ? 10 : 500;
  return [&out, all, &mutex, is_terminal, each](std::size_t done) {
    if (done % each != 0 && done != all) return;
    const std::lock_guard lock(mutex);
    out << (is_terminal ? "\r" : "") << done << " of " << all << " pictures" << (is_terminal && done != all ? "" : "\n")
        << std::flush;
  };
}

Result<Report> make_report(const EvaluateOptions& options, const std::vector<evaluate::EmbeddedPicture>& pictures,
                           const std::vector<evaluate::LabelledPair>& pairs, const evaluate::Subject& subject,
                           const embed::Calibration& calibration) {
  const unsigned threads = threads_of(options);
  const evaluate::IgnoredPairs ignored = TRY(ignored_pairs(options));
  if (options.kind == "search") {
    evaluate::SearchResult result = evaluate::evaluate_search(pictures, ignored, calibration, threads);
    result.subject = subject;
    return Report{search_json(result), search_html(result), search_advice(result)};
  }
  if (options.kind == "groups") {
    evaluate::GroupsResult result = evaluate::evaluate_groups(pictures, calibration, threads);
    result.subject = subject;
    return Report{groups_json(result), groups_html(result), groups_advice(result)};
  }
  evaluate::FacesResult result = evaluate::evaluate_faces(pictures, pairs, ignored, calibration, threads);
  result.subject = subject;
  return Report{faces_json(result), faces_html(result, calibration), faces_advice(result)};
}

evaluate::Subject subject_of(const EvaluateOptions& options, const embed::Embedder& embedder, const Clock& clock) {
  return {.detector = options.detector,
          .embedder = options.embedder,
          .model_version = embedder.face_model_version(),
          .embedding_space = embedder.embedding_space(),
          .data = options.source.string(),
          .date = format_rfc3339(clock.now()).substr(0, 19) + "Z"};
}

Result<Report> report_on_people(const EvaluateOptions& options, const Clock& clock, std::ostream& out) {
  const std::vector<evaluate::LabelledPicture> pictures = TRY(list_pictures(options));
  std::vector<evaluate::LabelledPair> pairs;
  if (!options.pairs.empty()) pairs = TRY(evaluate::read_pairs(options.pairs, pictures));
  const std::unique_ptr<pipeline::ImageAnalyzer> analyzer = TRY(make_analyzer(options));
  std::mutex mutex;
  const evaluate::WhichFace which =
      options.face == "central" ? evaluate::WhichFace::central : evaluate::WhichFace::largest;
  const std::vector<evaluate::EmbeddedPicture> embedded = evaluate::embed_pictures(
      pictures, *analyzer, which, threads_of(options), progress_to(out, pictures.size(), mutex));
  const embed::Embedder& embedder = analyzer->embedder();
  return make_report(options, embedded, pairs, subject_of(options, embedder, clock), embedder.calibration());
}

Result<Report> report_on_boxes(const EvaluateOptions& options, const Clock& clock, std::ostream& out) {
  const std::vector<evaluate::BoxedPicture> pictures = TRY(evaluate::read_boxes(options.source));
  const std::unique_ptr<pipeline::ImageAnalyzer> analyzer = TRY(make_analyzer(options));
  std::mutex mutex;
  evaluate::DetectResult result = evaluate::evaluate_detect(
      evaluate::detect_pictures(pictures, *analyzer, threads_of(options), progress_to(out, pictures.size(), mutex)));
  result.subject = subject_of(options, analyzer->embedder(), clock);
  return Report{detect_json(result), detect_html(result), detect_advice(result)};
}

Result<void> write(const std::filesystem::path& file, const std::string& text) {
  std::ofstream out(file, std::ios::binary | std::ios::trunc);
  out << text << std::flush;
  if (out) return {};
  return Error(ErrorKind::unavailable, file.string() + ": cannot be written");
}

void add_kind(CLI::App& evaluate, EvaluateOptions& options, const std::string& kind, const std::string& meaning) {
  CLI::App* app = evaluate.add_subcommand(kind, meaning);
  app->add_option("SOURCE", options.source,
                  kind == "detect" ? "A CSV file (path,left,top,width,height), a line a face"
                                   : "A folder for each person, with pictures in it; or a CSV file (path,person,group)")
      ->required();
  app->add_option("--out", options.out, "Folder of the report")->capture_default_str();
  app->add_option("--face", options.face, "Which face of a picture is the person's: largest or central")
      ->check(CLI::IsMember({"largest", "central"}))
      ->capture_default_str();
  app->add_option("--packs", options.packs, "Folder of model packs; may be repeated, later ones win");
  app->add_option("--detector", options.detector, "Pack that finds faces")->capture_default_str();
  app->add_option("--embedder", options.embedder, "Pack that compares faces")->capture_default_str();
  app->add_option("--precision", options.precision, "auto or f32")
      ->check(CLI::IsMember({"auto", "f32"}))
      ->capture_default_str();
  app->add_option("--threads", options.threads, "0: one for each core")->capture_default_str();
  if (kind == "faces") {
    app->add_option("--pairs", options.pairs, "Pairs for the accuracy by folds, as Labeled Faces in the Wild has them");
  }
  if (kind == "faces" || kind == "search") {
    app->add_option("--ignore", options.ignored,
                    "Two pictures A,B whose labels are known to be wrong; may be repeated");
  }
  app->callback([&options, kind] { options.kind = kind; });
}

}  // namespace

void add_evaluate_command_line(CLI::App& program, EvaluateOptions& options) {
  CLI::App* evaluate = program.add_subcommand("evaluate", "How right this system is, on pictures of known people");
  evaluate->require_subcommand(1);
  add_kind(*evaluate, options, "faces", "One to one: are two pictures of one person?");
  add_kind(*evaluate, options, "search", "One to many: who is found, and how often is a stranger taken for somebody?");
  add_kind(*evaluate, options, "detect", "Which faces are found, by their size, and what is taken for one?");
  add_kind(*evaluate, options, "groups", "Do errors meet some groups of people more than others?");
}

Result<void> evaluate_pictures(const EvaluateOptions& options, const Clock& clock, std::ostream& out) {
  std::error_code failure;
  std::filesystem::create_directories(options.out, failure);
  if (failure) return Error(ErrorKind::unavailable, options.out.string() + ": cannot be made: " + failure.message());
  const Report report =
      options.kind == "detect" ? TRY(report_on_boxes(options, clock, out)) : TRY(report_on_people(options, clock, out));
  TRY(write(options.out / (options.kind + ".json"), report.json));
  TRY(write(options.out / (options.kind + ".html"), report.html));
  for (const std::string& sentence : report.advice) out << sentence << '\n';
  out << "The report: " << (options.out / (options.kind + ".html")).string() << '\n';
  return {};
}

}  // namespace likeness::app
