// A CSV file with a head line (RFC 4180, a record a line), as people's spreadsheets write it.
//
//   CsvFile file = TRY(CsvFile::open(path, {"path", "person"}, {"group"}));
//   while (TRY(file.next())) use(file.field(0), file.field(2));
//
// Thread rule: thread-compatible.
#pragma once

#include <cstddef>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace likeness::evaluate {

// The fields of one line. Errors: malformed (a quote that does not end).
[[nodiscard]] Result<std::vector<std::string>> csv_fields(std::string_view line);

class CsvFile {
 public:
  // Errors: not_found (it cannot be read, or is empty), malformed (a needed column is not there).
  [[nodiscard]] static Result<CsvFile> open(const std::filesystem::path& path, const std::vector<std::string>& needed,
                                            const std::vector<std::string>& optional = {});

  // False at the end. Empty lines are passed over; fields that are missing at the end of a line are empty. Errors:
  // malformed (more fields than the head has).
  [[nodiscard]] Result<bool> next();
  // Of the present line, by column: the needed ones first, then the optional ones. Empty if there is no such column.
  [[nodiscard]] const std::string& field(std::size_t column) const;
  // "list.csv, line 7"
  [[nodiscard]] std::string place() const;

 private:
  CsvFile(std::filesystem::path path, std::ifstream file) : path_(std::move(path)), file_(std::move(file)) {}
  bool next_line(std::string& line);

  std::filesystem::path path_;
  std::ifstream file_;
  std::size_t line_ = 0;
  std::size_t width_ = 0;  // fields of the head
  std::vector<std::optional<std::size_t>> places_;
  std::vector<std::string> fields_;
  std::string none_;
};

}  // namespace likeness::evaluate
