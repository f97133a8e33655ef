#include "evaluate/labelled_boxes.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <fstream>
#include <map>
#include <optional>
#include <string_view>
#include <utility>

#include "evaluate/labelled_pictures.h"

namespace likeness::evaluate {

namespace {

constexpr std::array<std::string_view, 5> columns{"path", "left", "top", "width", "height"};

std::optional<float> number_in(const std::string& text) {
  float value = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failure != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

bool next_line(std::istream& file, std::string& line) {
  if (!std::getline(file, line)) return false;
  if (line.ends_with('\r')) line.pop_back();
  return true;
}

// Where each of the columns stands. Errors: malformed.
Result<std::array<std::size_t, 5>> places_of(const std::vector<std::string>& head) {
  std::array<std::size_t, 5> places{};
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const auto found = std::find(head.begin(), head.end(), columns[i]);
    if (found == head.end()) {
      return Error(ErrorKind::malformed, "the columns path, left, top, width and height are needed");
    }
    places[i] = static_cast<std::size_t>(found - head.begin());
  }
  return places;
}

// The box of a line; nothing if the line says that there is none. Errors: malformed.
Result<std::optional<PixelRect>> box_of(const std::vector<std::string>& fields,
                                        const std::array<std::size_t, 5>& places) {
  const auto is_empty = [&](std::size_t column) { return fields[places[column]].empty(); };
  if (is_empty(1) && is_empty(2) && is_empty(3) && is_empty(4)) return std::optional<PixelRect>();
  std::array<float, 4> values{};
  for (std::size_t i = 0; i < values.size(); ++i) {
    const std::optional<float> value = number_in(fields[places[i + 1]]);
    if (!value) return Error(ErrorKind::malformed, "'" + fields[places[i + 1]].substr(0, 40) + "' is no number");
    values[i] = *value;
  }
  if (!(values[2] > 0) || !(values[3] > 0))
    return Error(ErrorKind::malformed, "a face has a width and a height above 0");
  return std::optional(PixelRect{values[0], values[1], values[2], values[3]});
}

}  // namespace

Result<std::vector<BoxedPicture>> read_boxes(const std::filesystem::path& path) {
  std::ifstream file(path);
  std::string line;
  if (!file || !next_line(file, line)) {
    return Error(ErrorKind::not_found, path.string() + ": cannot be read, or is empty");
  }
  const auto at = [&path](std::size_t number) { return path.string() + ", line " + std::to_string(number); };
  const Result<std::vector<std::string>> head = csv_fields(line);
  if (!head.ok()) return head.error().within(at(1));
  const Result<std::array<std::size_t, 5>> places = places_of(*head);
  if (!places.ok()) return places.error().within(at(1));
  std::vector<BoxedPicture> pictures;
  std::map<std::string, std::size_t> index;
  for (std::size_t number = 2; next_line(file, line); ++number) {
    if (line.empty()) continue;
    Result<std::vector<std::string>> fields = csv_fields(line);
    if (!fields.ok()) return fields.error().within(at(number));
    fields->resize(std::max(fields->size(), head->size()));  // a path alone
    const std::string& name = (*fields)[(*places)[0]];
    const Result<std::optional<PixelRect>> box = box_of(*fields, *places);
    if (!box.ok()) return box.error().within(at(number));
    const auto [place, fresh] = index.emplace(name, pictures.size());
    if (fresh) pictures.push_back({path.parent_path() / name, name, {}});
    if (*box) pictures[place->second].faces.push_back(**box);
    if (pictures.size() > most_pictures) {
      return Error(ErrorKind::limit_exceeded,
                   path.string() + ": has more than " + std::to_string(most_pictures) + " pictures");
    }
  }
  return pictures;
}

}  // namespace likeness::evaluate
