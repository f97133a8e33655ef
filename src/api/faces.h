// ListFaces and DeleteFaces.
//
// Thread rule: free functions; callable from any thread.
#pragma once

#include "api/caller.h"
#include "api/services.h"
#include "base/result.h"
#include "wire/rekognition/delete_faces.h"
#include "wire/rekognition/list_faces.h"

namespace likeness::api {

// Requests have passed validation. By FaceId, in byte order. Errors: not_found (the collection, or the user that is
// asked for), invalid_token, those of the store.
[[nodiscard]] Result<wire::ListFacesResponse> list_faces(const wire::ListFacesRequest& request,
                                                         const Services& services, const Caller& caller);
// Errors: those of gallery::Faces::remove().
[[nodiscard]] Result<wire::DeleteFacesResponse> delete_faces(const wire::DeleteFacesRequest& request,
                                                             const Services& services, const Caller& caller);

}  // namespace likeness::api
