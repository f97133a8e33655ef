// Amazon Resource Names, parsed and built in this one place:
// "arn:aws:rekognition:us-east-1:123456789012:collection/photos".
//
//   collection                arn:aws:rekognition:REGION:ACCOUNT:collection/ID
//   user of a collection      arn:aws:rekognition:REGION:ACCOUNT:collection/ID/user/UID      (ours; AWS has no such
//   type) stream processor          arn:aws:rekognition:REGION:ACCOUNT:streamprocessor/NAME project
//   arn:aws:rekognition:REGION:ACCOUNT:project/NAME/MILLISECONDS version of a project
//   arn:aws:rekognition:REGION:ACCOUNT:project/NAME/version/VERSION/MILLISECONDS data set of a project
//   arn:aws:rekognition:REGION:ACCOUNT:project/NAME/dataset/TYPE/MILLISECONDS identity of a caller
//   arn:aws:iam::ACCOUNT:user/KEYID
//
// Source: "Actions, resources, and condition keys for Amazon Rekognition", Service Authorization Reference.
//
// Thread rule: plain values and free functions.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace likeness::policy {

inline constexpr std::string_view rekognition_service = "rekognition";

struct Arn {
  std::string service;   // "rekognition"
  std::string region;    // empty for iam
  std::string account;   // 12 digits
  std::string resource;  // "collection/photos"; may hold colons, since the ids of users may

  bool operator==(const Arn&) const = default;
};

// Always of the partition "aws".
[[nodiscard]] std::string to_string(const Arn& arn);

// Also without "arn:" in front, as CreateCollection answers a collection's name, and of any partition that begins with
// "aws": all of these are names of one thing, and so that no other spelling of a name gets past a policy, to_string()
// of what this gives is the one to decide on. Nothing if it is no ARN.
[[nodiscard]] std::optional<Arn> parse_arn(std::string_view text);

// Under which names a request about this resource is decided (policy/evaluate.h, "several names"): its own, before
// which, if it is a user of a collection, the collection's stands. In the spelling of to_string(); text that is no ARN
// is its only name.
[[nodiscard]] std::vector<std::string> names_of(std::string_view arn);

// The part after the account.
[[nodiscard]] std::string collection_resource(std::string_view id);
[[nodiscard]] std::string user_resource(std::string_view collection_id, std::string_view user_id);
[[nodiscard]] std::string stream_processor_resource(std::string_view name);
[[nodiscard]] std::string project_resource(std::string_view name, std::string_view milliseconds);
[[nodiscard]] std::string project_version_resource(std::string_view project, std::string_view version,
                                                   std::string_view milliseconds);
[[nodiscard]] std::string dataset_resource(std::string_view project, std::string_view type,
                                           std::string_view milliseconds);

// "cats" of "project/cats/1700000000000" and of everything below that project. Empty if it is no project.
[[nodiscard]] std::string_view project_of(std::string_view resource);

// "arn:aws:iam::123456789012:user/AKIA...": who a caller is, in messages.
[[nodiscard]] std::string caller_arn(std::string_view account, std::string_view access_key_id);

}  // namespace likeness::policy
