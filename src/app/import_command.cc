#include "app/import_command.h"

#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <memory>
#include <ostream>
#include <utility>

#include "app/private_file.h"
#include "importer/collection.h"
#include "importer/http_transport.h"
#include "importer/import_people.h"
#include "importer/names.h"
#include "importer/printable.h"
#include "remote/pacer.h"

namespace likeness::app {

namespace {

constexpr std::chrono::seconds line_interval = std::chrono::seconds(10);  // where the output is no terminal

Result<importer::Layout> layout_of(const std::string& name) {
  if (name == "people") return importer::Layout::people;
  if (name == "compreface") return importer::Layout::compreface;
  if (name == "frigate") return importer::Layout::frigate;
  return Error(ErrorKind::invalid_argument, "--layout is people, compreface or frigate");
}

// What is known of the way and the pace, on one line that is written over on a terminal.
class Progress {
 public:
  explicit Progress(std::ostream& out)
      : out_(out), is_terminal_(::isatty(STDOUT_FILENO) != 0), started_(std::chrono::steady_clock::now()) {}

  void show(const importer::Counts& counts, std::size_t people) {
    const auto now = std::chrono::steady_clock::now();
    if (!is_terminal_ && now < last_ + line_interval) return;
    last_ = now;
    const double seconds = std::chrono::duration<double>(now - started_).count();
    const std::size_t fresh = counts.seen - counts.before;
    const double pace = seconds > 0 ? static_cast<double>(fresh) / seconds : 0;
    char rate[32];
    (void)std::snprintf(rate, sizeof(rate), "%.1f", pace);
    std::string line = std::to_string(counts.people) + " of " + std::to_string(people) + " people, " +
                       std::to_string(counts.seen) + " pictures, " + std::to_string(counts.associated) + " faces, " +
                       std::to_string(counts.refused) + " refused, " + rate + " a second" +
                       left_of(counts, people, seconds);
    if (is_terminal_) {
      line.resize(std::max(line.size(), shown_), ' ');
      shown_ = line.size();
      out_ << '\r' << line << std::flush;
    } else {
      out_ << line << '\n' << std::flush;
    }
  }
  void end() {
    if (is_terminal_ && shown_ > 0) out_ << '\n';
  }

 private:
  // People are of different sizes; by their number it is near enough.
  static std::string left_of(const importer::Counts& counts, std::size_t people, double seconds) {
    if (counts.people == 0 || counts.people >= people) return {};
    const double left = seconds / static_cast<double>(counts.people) * static_cast<double>(people - counts.people);
    return ", about " + std::to_string(static_cast<long>(left / 60) + 1) + " min left";
  }

  std::ostream& out_;
  const bool is_terminal_;
  const std::chrono::steady_clock::time_point started_;
  std::chrono::steady_clock::time_point last_{};
  std::size_t shown_ = 0;
};

void say_left_out(const importer::LeftOut& left, const char* indent, std::ostream& out) {
  out << indent << "left out " << importer::printable(left.path) << ": " << importer::printable(left.reason) << '\n';
}

void look_only(const importer::People& people, std::ostream& out) {
  std::size_t pictures = 0;
  for (const std::string& name : people.names) {
    const std::string id = importer::user_id_of(name);
    out << id << (id == name ? "" : "  (" + importer::printable(name) + ")") << ": ";
    const Result<importer::Pictures> found = importer::find_pictures(people.root / name);
    if (!found.ok()) {
      out << "nothing: " << importer::printable(found.error().message) << '\n';
      continue;
    }
    pictures += found->files.size();
    out << found->files.size() << " files\n";
    for (const importer::LeftOut& left : found->left_out) say_left_out(left, "  ", out);
  }
  for (const importer::LeftOut& left : people.left_out) say_left_out(left, "", out);
  out << people.names.size() << " people, " << pictures << " files; nothing was sent\n";
}

Result<void> import_all(const ImportCommandOptions& options, const importer::People& people,
                        importer::Transport& transport, const std::string& server, importer::Report& report,
                        std::ostream& out) {
  const std::optional<wire::QualityFilter> quality = wire::parse_name<wire::QualityFilter>(options.quality);
  if (!quality) return Error(ErrorKind::invalid_argument, "--quality is NONE, AUTO, LOW, MEDIUM or HIGH");
  remote::SystemPacer pacer;
  importer::ApiClient api(transport, pacer);
  const Result<std::string> made = importer::prepare_collection(api, options.collection, options.create);
  if (!made.ok()) return with_advice(made.error());
  const std::filesystem::path state =
      options.state.empty() ? std::filesystem::path("likeness-import-" + options.collection + ".state") : options.state;
  const std::unique_ptr<importer::Journal> journal =
      TRY(importer::Journal::open(state, server + ' ' + options.collection + ' ' + *made));
  Progress progress(out);
  importer::ImportOptions import;
  import.target = {.collection = options.collection, .quality = *quality};
  import.parallel = options.parallel;
  import.progress = [&progress](const importer::Counts& counts, std::size_t all) { progress.show(counts, all); };
  const Result<void> imported = importer::import_people(people, import, {api, *journal, report});
  progress.end();
  report.write_summary(out);
  if (imported.ok()) return {};
  const Error error = with_advice(imported.error());
  return Error(error.kind,
               error.message + "\nThe import stopped; call it again and it goes on (" + state.string() + ")");
}

Result<void> run(const ImportCommandOptions& options, const importer::People& people, const Clock& clock,
                 std::ostream& out) {
  importer::Endpoint endpoint = TRY(endpoint_with_keys(options.server));
  const std::string server = endpoint.url + ' ' + endpoint.region;
  remote::SystemPacer pacer;
  const std::unique_ptr<importer::HttpTransport> transport =
      TRY(importer::HttpTransport::create(std::move(endpoint), clock, pacer));
  importer::Report report;
  Result<void> imported = import_all(options, people, *transport, server, report, out);
  // Also of an import that stopped before its first picture: the file of an earlier one would be taken for its report.
  if (!options.report.empty()) {
    TRY(write_private_file(options.report,
                           report.json(options.collection, imported.ok() ? "" : imported.error().message)));
  }
  return imported;
}

}  // namespace

CLI::App* add_import_command_line(CLI::App& program, ImportCommandOptions& options) {
  CLI::App* app = program.add_subcommand("import", "Enrol a folder of people into a collection of a running server");
  app->add_option("FOLDER", options.folder, "A folder for each person, with pictures in it")->required();
  app->add_option("--collection", options.collection, "Its CollectionId")->required();
  app->add_flag("--create", options.create, "Make the collection if it is not there");
  app->add_option("--layout", options.layout, "people, compreface or frigate")->capture_default_str();
  add_api_endpoint(*app, options.server);
  app->add_option("--quality", options.quality, "QualityFilter of IndexFaces: NONE, AUTO, LOW, MEDIUM or HIGH")
      ->capture_default_str();
  app->add_option("--parallel", options.parallel, "People at the same time")
      ->check(CLI::Range(1, 64))
      ->capture_default_str();
  app->add_option("--state", options.state,
                  "What is done already, for an import that goes on; likeness-import-COLLECTION.state by default");
  app->add_option("--report", options.report, "JSON file with all that was refused, and why");
  app->add_flag("--dry-run", options.only_look, "Say who would be imported, and send nothing");
  return app;
}

Result<void> import_folder(const ImportCommandOptions& options, const Clock& clock, std::ostream& out) {
  const importer::Layout layout = TRY(layout_of(options.layout));
  const importer::People people = TRY(importer::find_people(options.folder, layout));
  if (options.only_look) {
    look_only(people, out);
    return {};
  }
  return run(options, people, clock, out);
}

}  // namespace likeness::app
