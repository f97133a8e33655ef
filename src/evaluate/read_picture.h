// A picture of an operator's own from a file, decoded. The bytes are hostile all the same.
//
// Thread rule: a free function, callable from any thread.
#pragma once

#include <filesystem>

#include "base/result.h"
#include "image/image.h"

namespace likeness::evaluate {

// Upright, within codec's limits of pixels; files of up to 50 MiB. Errors: those of codec::decode(), image_too_large,
// unavailable (it cannot be read, or is no regular file).
[[nodiscard]] Result<Image> read_picture(const std::filesystem::path& path);

}  // namespace likeness::evaluate
