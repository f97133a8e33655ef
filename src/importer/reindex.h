// A collection made anew from the pictures that its operator still has: for another embedder, whose vectors cannot be
// compared with the old ones, or for another setting of the detector.
//
// The old collection says which faces there are, in which pictures, and whose; its templates are not read. A picture is
// found by the faces' ExternalImageId: the name of its file, with or without what follows the last full stop, its path
// with colons for slashes, or what `likeness import` made of it. Faces of the new collection are the old ones by the
// overlap of their boxes; others, which somebody deleted or a filter kept out, are deleted again. Users, whose face is
// whose, and rejections of users are carried over. What cannot be is in the report. Nothing of the old one changes, and
// a second call goes on where the first one stopped: the server knows pictures that it has.
//
// Thread rule: a free function, one call at a time for a pair of collections.
#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <string>

#include "base/result.h"
#include "importer/api_client.h"
#include "importer/report.h"

namespace likeness::importer {

struct ReindexOptions {
  std::filesystem::path pictures;  // a folder, at any depth; links are not followed
  std::string from;
  std::string into;  // made if it is not there
};

struct ReindexCounts {
  std::size_t faces = 0;     // of the old collection
  std::size_t pictures = 0;  // looked at
  std::size_t made = 0;      // faces that are in the new one
  std::size_t users = 0;
  std::size_t rejections = 0;  // carried over
};

inline constexpr std::size_t most_reindexed_files = 5'000'000;
inline constexpr std::size_t most_reindexed_faces = 20'000'000;  // Rekognition's most of a collection

// `progress` is called after each picture. What could not be made anew is refused in the report. Errors: not_found (the
// old collection, or the folder), limit_exceeded, and those of ApiClient.
[[nodiscard]] Result<ReindexCounts> reindex(ApiClient& api, const ReindexOptions& options, Report& report,
                                            const std::function<void(const ReindexCounts&)>& progress);

}  // namespace likeness::importer
