// What a request needs permission for: of each of the operations, the action and the resources that it names.
//
// One table, read over the reflection of the generated types (wire/schema.h): an operation that works on nothing kept
// needs its action on "*"; one that names a collection, a stream processor, a project and so on needs it on each of
// them. Creating something with tags needs rekognition:TagResource on the new thing, too, as in AWS.
//
// The request has been read and its constraints not been checked: permission comes before validation, so that who may
// not ask does not learn what would be wrong with the question. So names can be anything here. One that is missing
// counts as empty ("collection/"), and one too long to be valid is cut, which no validation lets pass afterwards.
//
// Sources: "Actions, resources, and condition keys for Amazon Rekognition", Service Authorization Reference; API
// reference of CreateCollection and CreateStreamProcessor (tags). Ours beyond it: operations on a user of a collection
// name the user, too, under collection/ID/user/UID (policy/evaluate.h, "several names").
//
// Thread rule: plain values and free functions.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/time.h"
#include "wire/rekognition/operations.h"
#include "wire/schema.h"

namespace likeness::api {

inline constexpr std::size_t max_resource_name = 8192;  // bytes: 2048 characters, the longest ARN, of four bytes each
inline constexpr std::size_t max_tag_text = 1024;       // bytes: 256 characters, the longest value, of four bytes each

struct Permission {
  std::string action;              // "rekognition:IndexFaces"
  std::vector<std::string> names;  // of the one resource: ARNs, the one for messages first; or "*"
};

struct Target {
  std::vector<Permission> permissions;      // all are needed; not empty
  std::map<std::string, std::string> tags;  // that the request wants to set
  std::vector<std::string> tag_keys;        // that it wants to set or remove
};

// Whose resources, and when: ARNs of things that get their time of creation in their name.
struct Place {
  std::string account;
  std::string region;
  Time time{};
};

// `request` is a structure of wire::request_shape(operation).
[[nodiscard]] Target target_of(wire::Operation operation, const void* request, const Place& place);

// "rekognition:DetectFaces".
[[nodiscard]] std::string action_of(wire::Operation operation);

// For docs/authorization.md: "collection/{CollectionId}", "*".
[[nodiscard]] std::string describe_resources(wire::Operation operation);

}  // namespace likeness::api
