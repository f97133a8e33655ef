// The picture of a request: its bytes, from the request or from the object store, decoded within Rekognition's limits.
//
// An operation with two pictures fetches both before it decodes one, so that a request that waits for the object store
// holds no pixels:
//
//   const PictureBytes source = TRY(fetch_picture(*request.source_image, "sourceImage", services));
//   const PictureBytes target = TRY(fetch_picture(*request.target_image, "targetImage", services));
//   const likeness::Image picture = TRY(decode_picture(source));
//
// Thread rule: free functions on a task of the compute pool.
#pragma once

#include "api/services.h"
#include "base/bytes.h"
#include "base/result.h"
#include "image/image.h"
#include "wire/rekognition/shared.h"

namespace likeness::api {

// Rekognition promises to find faces of 40 px in 1920x1080, proportionally larger in larger pictures; so a JPEG whose
// longer side keeps this many pixels may be decoded smaller, and no promise is lost.
inline constexpr int enough_long_side = 1920;

// Valid as long as the request it came from.
struct PictureBytes {
  ByteSpan of_request;  // empty if the picture was fetched
  Bytes fetched;        // from the object store

  [[nodiscard]] ByteSpan bytes() const { return of_request.empty() ? ByteSpan(fetched) : of_request; }
};

// `member` is the path of the picture in the request, for messages ("image", "sourceImage").
// Errors: invalid_argument (neither or both of Bytes and S3Object), invalid_object (also: no object store is
// configured), and the others of S3Objects::fetch_picture().
[[nodiscard]] Result<PictureBytes> fetch_picture(const wire::Image& input, const char* member,
                                                 const Services& services);

// Errors: invalid_argument (below 80 px), invalid_image, image_too_large.
[[nodiscard]] Result<likeness::Image> decode_picture(const PictureBytes& picture);

// Both. Errors: those of both.
[[nodiscard]] Result<likeness::Image> read_image(const wire::Image& input, const char* member,
                                                 const Services& services);

}  // namespace likeness::api
