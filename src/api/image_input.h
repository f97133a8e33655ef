// The picture of a request: its bytes decoded, its limits those of Rekognition.
//
// Thread rule: a free function; callable from any thread.
#pragma once

#include "base/result.h"
#include "image/image.h"
#include "wire/rekognition/shared.h"

namespace likeness::api {

// Rekognition promises to find faces of 40 px in 1920x1080, proportionally larger in larger pictures; so a JPEG whose
// longer side keeps this many pixels may be decoded smaller, and no promise is lost.
inline constexpr int enough_long_side = 1920;

// `member` is the path of the picture in the request, for messages ("image", "sourceImage").
// Errors: invalid_argument (neither or both of Bytes and S3Object; below 80 px), unsupported (S3Object: not yet),
// invalid_image, image_too_large.
[[nodiscard]] Result<likeness::Image> read_image(const wire::Image& input, const char* member);

}  // namespace likeness::api
