#include "evaluate/csv_file.h"

#include <algorithm>
#include <utility>

namespace likeness::evaluate {

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

Result<CsvFile> CsvFile::open(const std::filesystem::path& path, const std::vector<std::string>& needed,
                              const std::vector<std::string>& optional) {
  CsvFile csv(path, std::ifstream(path));
  std::string line;
  if (!csv.file_ || !csv.next_line(line)) {
    return Error(ErrorKind::not_found, path.string() + ": cannot be read, or is empty");
  }
  const Result<std::vector<std::string>> head = csv_fields(line);
  if (!head.ok()) return head.error().within(csv.place());
  csv.width_ = head->size();
  std::vector<std::string> columns = needed;
  columns.insert(columns.end(), optional.begin(), optional.end());
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const auto found = std::find(head->begin(), head->end(), columns[i]);
    if (found == head->end() && i < needed.size()) {
      std::string all;
      for (const std::string& name : needed) all += (all.empty() ? "" : ", ") + name;
      return Error(ErrorKind::malformed, csv.place() + ": these columns are needed: " + all);
    }
    csv.places_.push_back(found == head->end() ? std::nullopt
                                               : std::optional(static_cast<std::size_t>(found - head->begin())));
  }
  return csv;
}

Result<bool> CsvFile::next() {
  std::string line;
  do {
    if (!next_line(line)) return false;
  } while (line.empty());
  Result<std::vector<std::string>> fields = csv_fields(line);
  if (!fields.ok()) return fields.error().within(place());
  if (fields->size() > width_) {
    return Error(ErrorKind::malformed,
                 place() + ": has " + std::to_string(fields->size()) + " fields, the head " + std::to_string(width_));
  }
  fields_ = *std::move(fields);
  fields_.resize(width_);
  return true;
}

const std::string& CsvFile::field(std::size_t column) const {
  const std::optional<std::size_t> place = places_[column];
  return place ? fields_[*place] : none_;
}

std::string CsvFile::place() const { return path_.string() + ", line " + std::to_string(line_); }

bool CsvFile::next_line(std::string& line) {
  if (!std::getline(file_, line)) return false;
  ++line_;
  if (line.ends_with('\r')) line.pop_back();
  return true;
}

}  // namespace likeness::evaluate
