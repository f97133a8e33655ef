// DetectFaces: the faces of a picture, the 100 largest, largest first.
//
// Thread rule: a free function; callable from any thread.
#pragma once

#include "api/services.h"
#include "base/result.h"
#include "wire/rekognition/detect_faces.h"

namespace likeness::api {

// `request` has passed validation. Errors: those of read_image() and of the pipeline.
[[nodiscard]] Result<wire::DetectFacesResponse> detect_faces(const wire::DetectFacesRequest& request,
                                                             const Services& services);

}  // namespace likeness::api
