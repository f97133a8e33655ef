// May this caller ask this? Decided for each request when its signature is proved and its body read, before its
// constraints are checked and before anything runs.
//
// Order: text that is no JSON is a SerializationException to everyone, since nothing is known of it; then this; then
// validation. AWS does not document its order; like this, who may not use an operation learns nothing of it, and each
// request is read once, so that what is authorised is what runs.
//
// The answer to a no is AWS's: "User: arn:aws:iam::123456789012:user/AKIA... is not authorized to perform:
// rekognition:IndexFaces on resource: arn:... because no identity-based policy allows the rekognition:IndexFaces
// action" or "... with an explicit deny in an identity-based policy". It does not name the policy or statement; whoever
// may know it asks `likeness policy simulate`.
//
// Thread rule: const and thread-safe after construction.
#pragma once

#include <map>
#include <string>

#include "api/caller.h"
#include "api/operation_target.h"
#include "api/policy_book.h"
#include "base/result.h"
#include "store/store.h"
#include "wire/message.h"
#include "wire/rekognition/operations.h"

namespace likeness::api {

// The tags that a resource has now.
//
// Thread rule: implementations may be called from any thread.
class ResourceTagReader {
 public:
  ResourceTagReader() = default;
  ResourceTagReader(const ResourceTagReader&) = delete;
  ResourceTagReader& operator=(const ResourceTagReader&) = delete;
  virtual ~ResourceTagReader() = default;
  // `arn` as policies are written; of something that does not exist, none. Errors: unavailable, corrupt, overloaded.
  [[nodiscard]] virtual Result<std::map<std::string, std::string>> tags_of(const Caller& caller,
                                                                           const std::string& arn) const = 0;
};

// Of what the store keeps. A name with another account or region has none here.
class StoredResourceTags final : public ResourceTagReader {
 public:
  // The store must outlive this.
  explicit StoredResourceTags(store::ResourceTags& store) : store_(store) {}
  [[nodiscard]] Result<std::map<std::string, std::string>> tags_of(const Caller& caller,
                                                                   const std::string& arn) const override;

 private:
  store::ResourceTags& store_;
};

class Authorizer {
 public:
  // Both must outlive this.
  Authorizer(PolicyBook& book, const ResourceTagReader& tags) : book_(book), tags_(tags) {}

  // `request` is a structure of wire::request_shape(operation). Errors: access_denied; unavailable, corrupt and
  // overloaded if the policies or tags cannot be read, which is no permission.
  [[nodiscard]] Result<void> authorize(const Caller& caller, wire::Operation operation, const void* request) const;

  // The same as a hook of wire::parse(). Must not outlive this or `caller`.
  [[nodiscard]] wire::Inspect inspection(const Caller& caller, wire::Operation operation) const;

 private:
  [[nodiscard]] Result<void> require(const Caller& caller, const PolicyBook::Documents& documents, const Target& target,
                                     const Permission& permission) const;

  PolicyBook& book_;
  const ResourceTagReader& tags_;
};

}  // namespace likeness::api
