// Pictures in which somebody has drawn a box round every face.
//
//   a CSV file  a head line with the columns path,left,top,width,height: pixels of the upright picture, a line for each
//               face; a line with a path alone says that there is none in the picture. Paths are relative to the file's
//               folder
//
// Boxes reach from the forehead to the chin and from cheek to cheek, as the detectors' do.
//
// Thread rule: free functions.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/result.h"
#include "image/geometry.h"

namespace likeness::evaluate {

struct BoxedPicture {
  std::filesystem::path path;
  std::string name;  // as in the file
  std::vector<PixelRect> faces;
};

// In the order in which they come first. Errors: not_found, malformed (with the line), limit_exceeded.
[[nodiscard]] Result<std::vector<BoxedPicture>> read_boxes(const std::filesystem::path& file);

}  // namespace likeness::evaluate
