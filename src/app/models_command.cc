#include "app/models_command.h"

#include <CLI/CLI.hpp>
#include <cstdio>
#include <ostream>
#include <system_error>
#include <utility>

#include "app/pack_folders.h"
#include "evaluate/pack_check.h"
#include "infer/pack.h"
#include "infer/runtime.h"

namespace likeness::app {

namespace {

Result<void> list_models(const std::vector<std::filesystem::path>& folders, std::ostream& out) {
  const std::vector<infer::PackListing> listings = infer::list_packs(folders);
  if (listings.empty()) return Error(ErrorKind::not_found, folders.front().string() + ": holds no model pack");
  bool whole = true;
  for (const infer::PackListing& listing : listings) {
    const infer::Manifest& manifest = listing.manifest;
    out << manifest.name << "\n  state       " << infer::pack_state_name(listing.state);
    if (!listing.detail.empty()) out << ": " << listing.detail;
    out << "\n  task        " << infer::task_name(manifest.task) << "\n  version     " << manifest.version
        << "\n  licence     " << manifest.licence;
    if (manifest.joined.empty()) {
      out << "\n  file        " << manifest.file << "\n  sha256      " << manifest.sha256;
    }
    for (const infer::JoinedPack& member : manifest.joined) {
      out << "\n  joins       " << member.name << ", weight " << member.weight;
    }
    out << "\n  provenance  " << manifest.provenance << "\n\n";
    whole = whole && listing.state == infer::PackState::ok;
  }
  if (!whole) return Error(ErrorKind::corrupt, "not every pack is whole; `make deps` in a checkout fetches them again");
  return {};
}

// The folder itself, if it is named, goes before the installed ones.
Result<infer::Pack> open_named(const std::string& named, std::vector<std::filesystem::path>& folders) {
  std::string name = named;
  if (named.find('/') != std::string::npos) {
    const std::filesystem::path folder = std::filesystem::path(named) / "";
    name = folder.parent_path().filename().string();
    folders.push_back(std::filesystem::absolute(folder.parent_path()).parent_path());
  }
  for (const infer::Task task :
       {infer::Task::face_detection, infer::Task::face_mesh, infer::Task::iris, infer::Task::face_embedding}) {
    Result<infer::Pack> pack = infer::open_pack(folders, name, task);
    if (pack.ok() || pack.error().kind != ErrorKind::invalid_argument) return pack;
  }
  return Error(ErrorKind::unsupported, "pack " + name + ": packs of its task cannot be checked");
}

void print(const infer::Pack& pack, const evaluate::PackCheck& check, std::ostream& out) {
  out << pack.manifest.name << ' ' << pack.manifest.version << ", " << pack.manifest.licence << '\n';
  for (const evaluate::PackFinding& finding : check.findings) {
    out << (finding.is_right ? "  ok      " : "  WRONG   ") << finding.what << '\n';
  }
  char text[64];
  (void)std::snprintf(text, sizeof(text), "%.2f ms", check.milliseconds);
  out << "  speed   " << text << " for " << check.timed << ", one thread\n";
  if (!check.has_expectations && !check.seen.empty()) {
    out << "The manifest expects nothing. If what was seen is right, this says so for the next machine:\n\n"
        << check.seen << '\n';
  }
}

Result<void> check_models(const ModelsOptions& options, std::vector<std::filesystem::path> folders, std::ostream& out) {
  const std::filesystem::path pictures = options.pictures.empty() ? TRY(check_pictures_folder()) : options.pictures;
  infer::RuntimeOptions runtime_options;
  if (options.precision == "f32") runtime_options.precision = infer::Precision::f32;
  const std::unique_ptr<infer::Runtime> runtime = TRY(infer::Runtime::create(runtime_options));
  std::string wrong;
  for (const std::string& name : options.checked) {
    const infer::Pack pack = TRY(open_named(name, folders));
    const evaluate::PackCheck check = TRY(evaluate::check_pack(*runtime, pack, folders, pictures));
    print(pack, check, out);
    if (!evaluate::is_right(check)) wrong += (wrong.empty() ? "" : ", ") + pack.manifest.name;
  }
  if (wrong.empty()) return {};
  return Error(ErrorKind::corrupt, wrong +
                                       ": does not do what it should; look at [input] of the manifest first: the "
                                       "order of the channels, mean and scale (docs/models.md)");
}

}  // namespace

CLI::App* add_models_command_line(CLI::App& program, ModelsOptions& options) {
  CLI::App* models =
      program.add_subcommand("models", "List the installed model packs with licence, provenance and state");
  models->add_option("--packs", options.packs, "Folder of model packs; may be repeated, later ones win");
  CLI::App* check =
      models->add_subcommand("check", "Run a pack on known pictures, compare what comes out, and time it");
  check->add_option("PACK", options.checked, "Its name, or its folder (with a slash in it)")->required();
  check->add_option("--packs", options.packs, "Folder of model packs; may be repeated, later ones win");
  check->add_option("--pictures", options.pictures, "Folder of astronaut.png and chelsea.png, if not as installed");
  check->add_option("--precision", options.precision, "auto or f32")
      ->check(CLI::IsMember({"auto", "f32"}))
      ->capture_default_str();
  return models;
}

Result<void> list_or_check_models(const ModelsOptions& options, std::ostream& out) {
  std::vector<std::filesystem::path> folders = TRY(pack_folders(options.packs));
  if (options.checked.empty()) return list_models(folders, out);
  return check_models(options, std::move(folders), out);
}

}  // namespace likeness::app
