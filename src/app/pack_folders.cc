#include "app/pack_folders.h"

#include <system_error>

namespace likeness::app {

namespace {

// The first of the two that is a folder, seen from the program; empty if neither is.
std::filesystem::path beside_the_program(const char* installed, const char* in_a_checkout) {
  std::error_code failure;
  const std::filesystem::path program = std::filesystem::read_symlink("/proc/self/exe", failure).parent_path();
  for (const char* relative : {installed, in_a_checkout}) {
    std::filesystem::path folder = std::filesystem::weakly_canonical(program / relative, failure);
    if (std::filesystem::is_directory(folder, failure)) return folder;
  }
  return {};
}

}  // namespace

Result<std::vector<std::filesystem::path>> pack_folders(const std::vector<std::filesystem::path>& given) {
  std::error_code failure;
  for (const std::filesystem::path& folder : given) {
    if (!std::filesystem::is_directory(folder, failure)) {
      return Error(ErrorKind::not_found, folder.string() + ": there is no such folder of model packs");
    }
  }
  if (!given.empty()) return given;
  const std::filesystem::path folder = beside_the_program("../lib/likeness/packs", "../../.deps/packs");
  if (!folder.empty()) return std::vector{folder};
  return Error(
      ErrorKind::not_found,
      "no model packs are installed; in a checkout `make deps` fetches them, otherwise name their folder with --packs");
}

Result<std::filesystem::path> check_pictures_folder() {
  std::filesystem::path folder = beside_the_program("../lib/likeness/pictures", "../../.deps/testdata");
  if (!folder.empty()) return folder;
  return Error(ErrorKind::not_found,
               "the pictures that packs are checked with are not installed; in a checkout `make deps` fetches them, "
               "otherwise name their folder with --pictures");
}

}  // namespace likeness::app
