#include "evaluate/labelled_pictures.h"

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <map>
#include <sstream>
#include <system_error>
#include <utility>

#include "evaluate/csv_file.h"

namespace likeness::evaluate {

namespace fs = std::filesystem;

namespace {

Error too_many(const fs::path& path) {
  return {ErrorKind::limit_exceeded,
          path.string() + ": has more than " + std::to_string(most_pictures) + " pictures; take a part of them"};
}

bool is_picture_name(const fs::path& path) {
  std::string extension = path.extension().string();
  std::transform(extension.begin(), extension.end(), extension.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return extension == ".jpg" || extension == ".jpeg" || extension == ".png";
}

// A line of a text file, without its end.
bool next_line(std::istream& file, std::string& line) {
  if (!std::getline(file, line)) return false;
  if (line.ends_with('\r')) line.pop_back();
  return true;
}

}  // namespace

Result<std::vector<LabelledPicture>> read_folder(const fs::path& folder) {
  std::error_code failure;
  if (!fs::is_directory(folder, failure)) {
    return Error(ErrorKind::not_found, folder.string() + ": there is no such folder");
  }
  std::vector<LabelledPicture> pictures;
  fs::recursive_directory_iterator entry(folder, failure);
  for (; !failure && entry != fs::recursive_directory_iterator(); entry.increment(failure)) {
    std::error_code ignored;
    if (!entry->is_regular_file(ignored) || !is_picture_name(entry->path())) continue;
    const fs::path name = entry->path().lexically_relative(folder);
    if (std::distance(name.begin(), name.end()) < 2) continue;  // in no person's folder
    pictures.push_back({entry->path(), name.string(), name.begin()->string(), {}});
    if (pictures.size() > most_pictures) return too_many(folder);
  }
  if (failure) return Error(ErrorKind::unavailable, folder.string() + ": cannot be read: " + failure.message());
  std::sort(pictures.begin(), pictures.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
  return pictures;
}

Result<std::vector<LabelledPicture>> read_csv(const fs::path& path) {
  CsvFile file = TRY(CsvFile::open(path, {"path", "person"}, {"group"}));
  std::vector<LabelledPicture> pictures;
  while (TRY(file.next())) {
    pictures.push_back({path.parent_path() / file.field(0), file.field(0), file.field(1), file.field(2)});
    if (pictures.size() > most_pictures) return too_many(path);
  }
  return pictures;
}

Result<std::vector<LabelledPair>> read_pairs(const fs::path& path, const std::vector<LabelledPicture>& pictures) {
  std::map<std::string, std::size_t> index;
  for (std::size_t i = 0; i < pictures.size(); ++i) index[pictures[i].path.stem().string()] = i;
  std::ifstream file(path);
  std::string line;
  int folds = 0;
  int each = 0;
  if (!next_line(file, line) || !(std::istringstream(line) >> folds >> each) || folds < 2 || each < 1 || folds > 1000 ||
      each > 1'000'000) {
    return Error(ErrorKind::malformed, path.string() + ": the first line has the number of folds and of pairs in each");
  }
  std::vector<LabelledPair> pairs;
  for (int i = 0; i < folds * each * 2; ++i) {
    const std::string place = path.string() + ", line " + std::to_string(i + 2);
    const bool same = i / each % 2 == 0;
    std::string first;
    std::string second;
    int m = 0;
    int n = 0;
    std::istringstream words(next_line(file, line) ? line : "");
    if (same ? !(words >> first >> m >> n) : !(words >> first >> m >> second >> n)) {
      return Error(ErrorKind::malformed,
                   place + ": a name and two numbers, or two names with a number each, are needed");
    }
    const auto find = [&](const std::string& person, int number) -> Result<std::size_t> {
      char suffix[16];
      (void)std::snprintf(suffix, sizeof(suffix), "_%04d", number);
      const auto found = index.find(person + suffix);
      if (found != index.end()) return found->second;
      return Error(ErrorKind::not_found,
                   std::string(place).append(": there is no picture ").append(person).append(suffix));
    };
    const std::size_t a = TRY(find(first, m));
    const std::size_t b = TRY(find(same ? first : second, n));
    pairs.push_back({a, b, same, i / (2 * each)});
  }
  return pairs;
}

}  // namespace likeness::evaluate
