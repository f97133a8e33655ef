// CompareFaces: the largest face of one picture against every face of another.
//
// Thread rule: a free function; callable from any thread.
#pragma once

#include "api/services.h"
#include "base/result.h"
#include "wire/rekognition/compare_faces.h"

namespace likeness::api {

// `request` has passed validation. Errors: those of read_image() and of gallery::compare_faces().
[[nodiscard]] Result<wire::CompareFacesResponse> compare_faces(const wire::CompareFacesRequest& request,
                                                               const Services& services);

}  // namespace likeness::api
