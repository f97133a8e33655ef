#include "importer/picture_names.h"

#include <algorithm>

#include "importer/names.h"
#include "importer/people_folder.h"

namespace likeness::importer {

Result<PictureNames> PictureNames::read(const std::filesystem::path& folder, std::size_t most) {
  std::error_code failure;
  if (!std::filesystem::is_directory(folder, failure)) {
    return Error(ErrorKind::not_found, folder.string() + ": there is no such folder");
  }
  const Pictures pictures = TRY(find_pictures(folder, most));
  PictureNames names;
  for (const std::string& file : pictures.files) {
    const std::filesystem::path path(file);
    names.add(path.filename().string(), file);
    names.add(path.stem().string(), file);
    std::string with_colons = file;
    std::replace(with_colons.begin(), with_colons.end(), '/', ':');
    names.add(with_colons, file);
    const std::size_t slash = file.find('/');
    if (slash != std::string::npos) {
      names.add(external_image_id_of(file.substr(0, slash), file.substr(slash + 1)), file);
    }
  }
  return names;
}

void PictureNames::add(const std::string& name, const std::string& file) {
  const auto [known, is_new] = files_.emplace(name, file);
  if (!is_new && known->second != file) known->second.clear();
}

Result<std::string> PictureNames::find(const std::string& external_image_id) const {
  const auto found = files_.find(external_image_id);
  if (found == files_.end()) return Error(ErrorKind::not_found, "no file has this name");
  if (found->second.empty()) {
    return Error(ErrorKind::conflict,
                 "several files have this name; put them into folders that are reindexed one by one");
  }
  return found->second;
}

}  // namespace likeness::importer
