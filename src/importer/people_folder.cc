#include "importer/people_folder.h"

#include <algorithm>
#include <map>
#include <system_error>
#include <utility>

#include "importer/names.h"

namespace likeness::importer {

namespace fs = std::filesystem;

namespace {

Error unreadable(const fs::path& path, const std::error_code& failure) {
  return {ErrorKind::unavailable, path.string() + ": cannot be read: " + failure.message()};
}

bool is_hidden(const fs::path& path) { return path.filename().string().starts_with('.'); }

// Where Frigate keeps the faces of people, below what was named. Source: Frigate's documentation of face recognition,
// "/media/frigate/clips/faces".
Result<fs::path> frigate_faces(const fs::path& folder) {
  std::error_code failure;
  if (fs::is_directory(folder / "clips/faces", failure)) return folder / "clips/faces";
  // However it is written: "clips/faces/", or "." inside of it. First, for somebody in it may be called "faces".
  const bool is_faces = fs::canonical(folder, failure).filename() == "faces";
  if (is_faces || fs::is_directory(folder / "train", failure)) return folder;
  if (fs::is_directory(folder / "faces", failure)) return folder / "faces";
  return Error(ErrorKind::not_found,
               folder.string() +
                   ": holds no clips/faces; name Frigate's media folder, or use --layout people for another folder");
}

// Folders whose names give one user id are not mixed: none of them is imported.
void leave_out_namesakes(People& people) {
  std::map<std::string, std::vector<std::string>> folders;  // of an id
  for (const std::string& name : people.names) folders[user_id_of(name)].push_back(name);
  if (folders.size() == people.names.size()) return;
  for (const auto& [id, names] : folders) {
    if (names.size() == 1) continue;
    for (const std::string& name : names) {
      const std::string& other = name == names.front() ? names.back() : names.front();
      people.left_out.push_back({name, "its UserId would be that of the folder '" + other + "'; rename one of them"});
    }
  }
  std::erase_if(people.names, [&](const std::string& name) { return folders[user_id_of(name)].size() > 1; });
}

}  // namespace

Result<People> find_people(const fs::path& folder, Layout layout) {
  std::error_code failure;
  if (!fs::is_directory(folder, failure)) {
    return Error(ErrorKind::not_found, folder.string() + ": there is no such folder");
  }
  People people{.root = layout == Layout::frigate ? TRY(frigate_faces(folder)) : folder, .names = {}, .left_out = {}};
  fs::directory_iterator entry(people.root, failure);
  for (; !failure && entry != fs::directory_iterator(); entry.increment(failure)) {
    const std::string name = entry->path().filename().string();
    std::error_code ignored;
    if (is_hidden(entry->path())) continue;
    if (entry->is_symlink(ignored)) {
      people.left_out.push_back({name, "it is a link; links are not followed"});
    } else if (layout == Layout::frigate && name == "train") {
      people.left_out.push_back({name, "Frigate's attempts that nobody has named"});
    } else if (entry->is_directory(ignored)) {
      people.names.push_back(name);
    } else {
      people.left_out.push_back({name, "it lies in no person's folder"});
    }
    if (people.names.size() + people.left_out.size() > most_people) {
      return Error(ErrorKind::limit_exceeded, people.root.string() + ": holds more than " +
                                                  std::to_string(most_people) + " entries; import it in parts");
    }
  }
  if (failure) return unreadable(people.root, failure);
  std::sort(people.names.begin(), people.names.end());
  leave_out_namesakes(people);
  return people;
}

Result<Pictures> find_pictures(const fs::path& person, std::size_t most) {
  Pictures pictures;
  std::error_code failure;
  fs::recursive_directory_iterator entry(person, failure);
  for (; !failure && entry != fs::recursive_directory_iterator(); entry.increment(failure)) {
    std::error_code ignored;
    const std::string name = entry->path().lexically_relative(person).string();
    if (is_hidden(entry->path())) {
      if (entry->is_directory(ignored)) entry.disable_recursion_pending();
    } else if (entry->is_symlink(ignored)) {
      pictures.left_out.push_back({name, "it is a link; links are not followed"});
    } else if (entry->is_regular_file(ignored)) {
      pictures.files.push_back(name);
    } else if (!entry->is_directory(ignored)) {
      pictures.left_out.push_back({name, "it is no file"});
    }
    if (pictures.files.size() + pictures.left_out.size() > most) {
      return Error(ErrorKind::limit_exceeded, person.string() + ": holds more than " + std::to_string(most) + " files");
    }
  }
  if (failure) return unreadable(person, failure);
  std::sort(pictures.files.begin(), pictures.files.end());
  return pictures;
}

}  // namespace likeness::importer
