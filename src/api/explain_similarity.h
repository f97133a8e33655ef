// ExplainSimilarity, of the extension service: about one in how many strangers would match as well?
//
// Thread rule: a free function; callable from any thread.
#pragma once

#include "api/caller.h"
#include "api/services.h"
#include "base/result.h"
#include "wire/rekognition/explain_similarity.h"

namespace likeness::api {

// Errors: none so far.
[[nodiscard]] Result<wire::ExplainSimilarityResponse> explain_similarity(const wire::ExplainSimilarityRequest& request,
                                                                         const Services& services,
                                                                         const Caller& caller);

}  // namespace likeness::api
