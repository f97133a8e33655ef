#include "evaluate/labelled_boxes.h"

#include <array>
#include <charconv>
#include <map>
#include <optional>
#include <utility>

#include "evaluate/csv_file.h"
#include "evaluate/labelled_pictures.h"

namespace likeness::evaluate {

namespace {

std::optional<float> number_in(const std::string& text) {
  float value = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failure != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

// The box of a line; nothing if the line says that there is none. Errors: malformed.
Result<std::optional<PixelRect>> box_of(const CsvFile& line) {
  std::array<float, 4> values{};
  std::size_t empty = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const std::string& text = line.field(i + 1);
    empty += text.empty() ? 1U : 0U;
    const std::optional<float> value = number_in(text);
    if (!value && !text.empty()) {
      return Error(ErrorKind::malformed, line.place() + ": '" + text.substr(0, 40) + "' is no number");
    }
    values[i] = value.value_or(0);
  }
  if (empty == values.size()) return std::optional<PixelRect>();
  if (empty > 0 || !(values[2] > 0) || !(values[3] > 0)) {
    return Error(ErrorKind::malformed, line.place() + ": a face has four numbers, and a width and a height above 0");
  }
  return std::optional(PixelRect{values[0], values[1], values[2], values[3]});
}

}  // namespace

Result<std::vector<BoxedPicture>> read_boxes(const std::filesystem::path& path) {
  CsvFile file = TRY(CsvFile::open(path, {"path", "left", "top", "width", "height"}));
  std::vector<BoxedPicture> pictures;
  std::map<std::string, std::size_t> index;
  while (TRY(file.next())) {
    const std::string& name = file.field(0);
    const std::optional<PixelRect> box = TRY(box_of(file));
    const auto [place, fresh] = index.emplace(name, pictures.size());
    if (fresh) pictures.push_back({path.parent_path() / name, name, {}});
    if (box) pictures[place->second].faces.push_back(*box);
    if (pictures.size() > most_pictures) {
      return Error(ErrorKind::limit_exceeded,
                   path.string() + ": has more than " + std::to_string(most_pictures) + " pictures");
    }
  }
  return pictures;
}

}  // namespace likeness::evaluate
