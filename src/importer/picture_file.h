// A picture from a file, as the API takes it.
//
// Thread rule: free functions.
#pragma once

#include <cstddef>
#include <filesystem>

#include "base/bytes.h"
#include "base/result.h"

namespace likeness::importer {

// What the API takes as Image.Bytes: "5 MB", which is 5,242,880 in the service description.
inline constexpr std::size_t most_picture_bytes = std::size_t{5} * 1024 * 1024;
// Of a file that is converted, before it is.
inline constexpr std::size_t most_file_bytes = std::size_t{20} * 1024 * 1024;

// The file's bytes. Errors: image_too_large (more than most_file_bytes), unavailable (it cannot be read, or is no
// regular file).
[[nodiscard]] Result<Bytes> read_picture_file(const std::filesystem::path& file);

// JPEG and PNG as they are; WebP as a PNG or, if that has too many bytes, a JPEG of quality 95. Whether the picture can
// be decoded is left to the server for the first two. Errors: invalid_image (no picture of these), image_too_large.
[[nodiscard]] Result<Bytes> picture_for_api(Bytes bytes);

}  // namespace likeness::importer
