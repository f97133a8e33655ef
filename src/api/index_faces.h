// IndexFaces: the faces of a picture into a collection.
//
// Thread rule: a free function on a task of the compute pool.
#pragma once

#include "api/caller.h"
#include "api/services.h"
#include "base/result.h"
#include "wire/rekognition/index_faces.h"

namespace likeness::api {

// `request` has passed validation. Errors: those of fetch_picture(), decode_picture() and gallery::Faces::enrol().
[[nodiscard]] Result<wire::IndexFacesResponse> index_faces(const wire::IndexFacesRequest& request,
                                                           const Services& services, const Caller& caller);

}  // namespace likeness::api
