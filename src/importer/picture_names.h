// Pictures of a folder by the names that a client may have given them as ExternalImageId.
//
// Thread rule: const after read().
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <unordered_map>

#include "base/result.h"

namespace likeness::importer {

class PictureNames {
 public:
  // Errors: not_found (no such folder), unavailable, limit_exceeded (more than `most` files).
  [[nodiscard]] static Result<PictureNames> read(const std::filesystem::path& folder, std::size_t most);

  // The file of that name below the folder. Errors: not_found, conflict (more than one has it), with what to do.
  [[nodiscard]] Result<std::string> find(const std::string& external_image_id) const;

 private:
  void add(const std::string& name, const std::string& file);

  std::unordered_map<std::string, std::string> files_;  // by name; empty: several
};

}  // namespace likeness::importer
