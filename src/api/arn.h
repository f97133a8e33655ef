// Amazon Resource Names of what this server keeps: "arn:aws:rekognition:us-east-1:123456789012:collection/photos".
//
// The part after the account names a resource inside its account and region; the rooms below know only that part.
//
// Thread rule: free functions on values.
#pragma once

#include <string>
#include <string_view>

#include "api/caller.h"
#include "base/result.h"

namespace likeness::api {

// "collection/photos".
[[nodiscard]] std::string collection_resource(std::string_view collection_id);

// The whole name of a resource of the caller's account and region.
[[nodiscard]] std::string arn_of(const Caller& caller, std::string_view resource);

// The form in which CreateCollection alone answers: without "arn:" in front. AWS's example of the operation has it so,
// and so have the captures; DescribeCollection and everything else answer whole names.
[[nodiscard]] std::string short_arn_of(const Caller& caller, std::string_view resource);

// The resource that a client names, in either form, since clients pass on what CreateCollection gave them.
// Errors: invalid_argument (no name of a resource of this service), not_found (of another account or region).
[[nodiscard]] Result<std::string> resource_of(const Caller& caller, std::string_view arn);

}  // namespace likeness::api
