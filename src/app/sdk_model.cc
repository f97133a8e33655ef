#include "app/sdk_model.h"

#include <cstdlib>
#include <fstream>
#include <ostream>
#include <string>
#include <string_view>
#include <system_error>

#include "app/extension_model.h"

namespace likeness::app {

namespace {

Result<void> write_file(const std::filesystem::path& path, std::string_view text) {
  // Aside, then renamed: a client that reads meanwhile sees the old one or the new one.
  const std::filesystem::path aside = path.string() + ".new";
  std::ofstream file(aside, std::ios::binary | std::ios::trunc);
  file << text;
  file.close();
  std::error_code failed;
  if (file.good()) std::filesystem::rename(aside, path, failed);
  if (!file.good() || failed) {
    return Error(ErrorKind::unavailable, path.string() + ": cannot be written; look at the permissions of its folder");
  }
  return {};
}

Result<std::filesystem::path> models_folder(const SdkModelOptions& options) {
  if (!options.to.empty()) return options.to;
  const char* home = std::getenv("HOME");  // NOLINT(concurrency-mt-unsafe): no thread has been started
  if (home == nullptr || *home == '\0') {
    return Error(ErrorKind::invalid_argument, "there is no home folder (HOME is not set); name a folder with --to");
  }
  return std::filesystem::path(home) / ".aws/models";
}

}  // namespace

Result<void> sdk_model(const SdkModelOptions& options, std::ostream& out) {
  if (!options.install) {
    out << extension_model;
    return {};
  }
  const std::filesystem::path folder = TRY(models_folder(options)) / "likeness" / extension_version;
  std::error_code failed;
  std::filesystem::create_directories(folder, failed);
  if (failed) {
    return Error(ErrorKind::unavailable, folder.string() + ": cannot be made: " + failed.message());
  }
  TRY(write_file(folder / "service-2.json", extension_model));
  TRY(write_file(folder / "paginators-1.json", extension_paginators));
  out << folder.string() << '\n';
  return {};
}

}  // namespace likeness::app
