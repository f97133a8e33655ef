// SearchFaces and SearchFacesByImage.
//
// Thread rule: free functions on a task of the compute pool.
#pragma once

#include "api/caller.h"
#include "api/services.h"
#include "base/result.h"
#include "wire/rekognition/search_faces.h"
#include "wire/rekognition/search_faces_by_image.h"

namespace likeness::api {

// Requests have passed validation. Errors: those of gallery::Search; with a picture also those of read_image(), and
// invalid_argument if it shows no face that can be searched.
[[nodiscard]] Result<wire::SearchFacesResponse> search_faces(const wire::SearchFacesRequest& request,
                                                             const Services& services, const Caller& caller);
[[nodiscard]] Result<wire::SearchFacesByImageResponse> search_faces_by_image(
    const wire::SearchFacesByImageRequest& request, const Services& services, const Caller& caller);

}  // namespace likeness::api
