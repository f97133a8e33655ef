// Pictures of which somebody knows who is in them: what accuracy is measured on.
//
//   a folder    FOLDER/<person>/<picture>, at any depth below the person
//   a CSV file  a head line with the columns path and person, and group if there are groups; paths are relative to the
//               file's folder
//   a pairs file of Labeled Faces in the Wild ("pairs.txt"), beside a folder of its pictures: which pairs the accuracy
//   by
//               folds is counted on
//
// Thread rule: free functions.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

#include "base/result.h"

namespace likeness::evaluate {

inline constexpr std::size_t most_pictures = 50'000;  // 1.25 * 10^9 comparisons, some minutes

struct LabelledPicture {
  std::filesystem::path path;
  std::string name;  // below the folder: how it is called in the report
  std::string person;
  std::string group;  // of the CSV; empty: none
};

// Errors: not_found, unavailable, malformed (the CSV), limit_exceeded.
[[nodiscard]] Result<std::vector<LabelledPicture>> read_folder(const std::filesystem::path& folder);
[[nodiscard]] Result<std::vector<LabelledPicture>> read_csv(const std::filesystem::path& file);

struct LabelledPair {
  std::size_t a = 0;  // into the pictures
  std::size_t b = 0;
  bool same = false;
  int fold = 0;
};

// Pictures are found by their file's name: "Aaron_Peirsol_0001.jpg". Source of the form:
// vis-www.cs.umass.edu/lfw/README.txt. Errors: malformed (with the line), not_found (a picture that is not there).
[[nodiscard]] Result<std::vector<LabelledPair>> read_pairs(const std::filesystem::path& file,
                                                           const std::vector<LabelledPicture>& pictures);

}  // namespace likeness::evaluate
