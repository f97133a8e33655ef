#include "app/reindex_command.h"

#include <CLI/CLI.hpp>
#include <ostream>
#include <utility>

#include "app/private_file.h"
#include "importer/reindex.h"
#include "remote/pacer.h"

namespace likeness::app {

namespace {

constexpr std::size_t pictures_of_line = 500;

Result<void> run(const ReindexCommandOptions& options, importer::Transport& transport, importer::Report& report,
                 std::ostream& out) {
  remote::SystemPacer pacer;
  importer::ApiClient api(transport, pacer);
  const Result<importer::ReindexCounts> counts = importer::reindex(
      api, {.pictures = options.pictures, .from = options.from, .into = options.into}, report,
      [&out](const importer::ReindexCounts& so_far) {
        if (so_far.pictures % pictures_of_line != 0) return;
        out << so_far.pictures << " pictures, " << so_far.made << " of " << so_far.faces << " faces\n" << std::flush;
      });
  if (!counts.ok()) {
    const Error error = with_advice(counts.error());
    return Error(error.kind, error.message + "\nIt stopped; call it again and it goes on");
  }
  out << counts->made << " of " << counts->faces << " faces are in " << options.into << ", from " << counts->pictures
      << " pictures; " << counts->users << " users, " << counts->rejections << " rejections\n";
  report.write_remarks(out);
  return {};
}

}  // namespace

CLI::App* add_reindex_command_line(CLI::App& program, ReindexCommandOptions& options) {
  CLI::App* app = program.add_subcommand("reindex", "Make a collection anew, for another embedder, from its pictures");
  app->add_option("PICTURES", options.pictures, "Folder of the pictures, whose names are the faces' ExternalImageId")
      ->required();
  app->add_option("--collection", options.from, "CollectionId of the one that is read; it does not change")->required();
  app->add_option("--into", options.into, "CollectionId of the new one; made if it is not there")->required();
  add_api_endpoint(*app, options.server);
  app->add_option("--report", options.report, "JSON file with all that could not be made anew, and why");
  return app;
}

Result<void> reindex_collection(const ReindexCommandOptions& options, const Clock& clock, std::ostream& out) {
  importer::Endpoint endpoint = TRY(endpoint_with_keys(options.server));
  remote::SystemPacer pacer;
  const std::unique_ptr<importer::HttpTransport> transport =
      TRY(importer::HttpTransport::create(std::move(endpoint), clock, pacer));
  importer::Report report;
  Result<void> done = run(options, *transport, report, out);
  if (!options.report.empty()) {
    TRY(write_private_file(options.report, report.json(options.into, done.ok() ? "" : done.error().message)));
  }
  return done;
}

}  // namespace likeness::app
