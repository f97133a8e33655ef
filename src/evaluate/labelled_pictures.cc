#include "evaluate/labelled_pictures.h"

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <map>
#include <optional>
#include <sstream>
#include <system_error>
#include <utility>

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

std::optional<std::size_t> column(const std::vector<std::string>& head, std::string_view name) {
  const auto found = std::find(head.begin(), head.end(), name);
  if (found == head.end()) return std::nullopt;
  return static_cast<std::size_t>(found - head.begin());
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

Result<std::vector<std::string>> csv_fields(std::string_view line) {
  std::vector<std::string> fields(1);
  bool quoted = false;
  for (std::size_t i = 0; i < line.size(); ++i) {
    const char c = line[i];
    if (quoted) {
      if (c != '"') {
        fields.back().push_back(c);
      } else if (i + 1 < line.size() && line[i + 1] == '"') {
        fields.back().push_back('"');
        ++i;
      } else {
        quoted = false;
      }
    } else if (c == '"' && fields.back().empty()) {
      quoted = true;
    } else if (c == ',') {
      fields.emplace_back();
    } else {
      fields.back().push_back(c);
    }
  }
  if (quoted) return Error(ErrorKind::malformed, "a quote does not end");
  return fields;
}

Result<std::vector<LabelledPicture>> read_csv(const fs::path& path) {
  std::ifstream file(path);
  std::string line;
  if (!file || !next_line(file, line)) {
    return Error(ErrorKind::not_found, path.string() + ": cannot be read, or is empty");
  }
  const auto at = [&path](std::size_t number) { return path.string() + ", line " + std::to_string(number); };
  const Result<std::vector<std::string>> head = csv_fields(line);
  if (!head.ok()) return head.error().within(at(1));
  const std::optional<std::size_t> paths = column(*head, "path");
  const std::optional<std::size_t> people = column(*head, "person");
  const std::optional<std::size_t> groups = column(*head, "group");
  if (!paths || !people) {
    return Error(ErrorKind::malformed, at(1) + ": the columns path and person are needed, and group if there are any");
  }
  std::vector<LabelledPicture> pictures;
  for (std::size_t number = 2; next_line(file, line); ++number) {
    if (line.empty()) continue;
    const Result<std::vector<std::string>> fields = csv_fields(line);
    if (!fields.ok()) return fields.error().within(at(number));
    if (fields->size() != head->size()) {
      return Error(ErrorKind::malformed, at(number) + ": has " + std::to_string(fields->size()) + " fields, the head " +
                                             std::to_string(head->size()));
    }
    const std::string& name = (*fields)[*paths];
    pictures.push_back({path.parent_path() / name, name, (*fields)[*people], groups ? (*fields)[*groups] : ""});
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
