#include "app/pack_folders.h"

#include <system_error>

namespace likeness::app {

Result<std::vector<std::filesystem::path>> pack_folders(const std::vector<std::filesystem::path>& given) {
  std::error_code failure;
  for (const std::filesystem::path& folder : given) {
    if (!std::filesystem::is_directory(folder, failure)) {
      return Error(ErrorKind::not_found, folder.string() + ": there is no such folder of model packs");
    }
  }
  if (!given.empty()) return given;
  const std::filesystem::path program = std::filesystem::read_symlink("/proc/self/exe", failure).parent_path();
  for (const char* relative : {"../lib/likeness/packs", "../../.deps/packs"}) {
    const std::filesystem::path folder = std::filesystem::weakly_canonical(program / relative, failure);
    if (std::filesystem::is_directory(folder, failure)) return std::vector{folder};
  }
  return Error(
      ErrorKind::not_found,
      "no model packs are installed; in a checkout `make deps` fetches them, otherwise name their folder with --packs");
}

}  // namespace likeness::app
