// The people in a folder, and their pictures.
//
//   people     FOLDER/<person>/<picture>, at any depth below the person
//   compreface the same, which is what CompreFace's import and export scripts read and write: a folder for each subject
//   frigate    FOLDER is Frigate's media folder, its clips, or its clips/faces: <person>/<picture>.webp; `train` holds
//              attempts that nobody has named, and is left out
//
// Links are not followed, hidden names (a leading dot) are left out. Order is that of the names' bytes, so a folder
// that is read twice gives the same. Folders whose names give one UserId are left out, all of them.
//
// Thread rule: free functions.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

#include "base/result.h"

namespace likeness::importer {

enum class Layout { people, compreface, frigate };

// What was left out before any picture was opened.
struct LeftOut {
  std::string path;  // below the folder
  std::string reason;
};

struct People {
  std::filesystem::path root;      // that holds the folders of the people
  std::vector<std::string> names;  // of their folders
  std::vector<LeftOut> left_out;
};

inline constexpr std::size_t most_people = 1'000'000;
inline constexpr std::size_t most_pictures_of_person = 10'000;

// Errors: not_found (no such folder, or not of that layout), unavailable (it cannot be read), limit_exceeded.
[[nodiscard]] Result<People> find_people(const std::filesystem::path& folder, Layout layout);

struct Pictures {
  std::vector<std::string> files;  // below the person's folder
  std::vector<LeftOut> left_out;   // below the person's folder
};

// Every regular file that is not hidden; whether it is a picture is seen when it is opened. Errors: unavailable,
// limit_exceeded.
[[nodiscard]] Result<Pictures> find_pictures(const std::filesystem::path& person,
                                             std::size_t most = most_pictures_of_person);

}  // namespace likeness::importer
