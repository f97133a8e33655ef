// AssociateFaces and DisassociateFaces.
//
// Thread rule: free functions; callable from any thread.
#pragma once

#include <string>

#include "api/caller.h"
#include "api/services.h"
#include "base/result.h"
#include "wire/rekognition/associate_faces.h"
#include "wire/rekognition/disassociate_faces.h"

namespace likeness::api {

// Requests have passed validation. Both give the answer's JSON, which may be that of an earlier call
// (api/idempotency.h). Errors: those of gallery::Associations.
[[nodiscard]] Result<std::string> associate_faces(const wire::AssociateFacesRequest& request, const Services& services,
                                                  const Caller& caller);
[[nodiscard]] Result<std::string> disassociate_faces(const wire::DisassociateFacesRequest& request,
                                                     const Services& services, const Caller& caller);

}  // namespace likeness::api
