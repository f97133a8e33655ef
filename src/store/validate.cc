#include "store/validate.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "store/limits.h"

namespace likeness::store {

namespace {

constexpr std::uint64_t most_slot = (1ULL << 62U);  // what every backend's integers hold

Error too_long(std::string_view what, std::size_t most) {
  return {ErrorKind::invalid_argument,
          std::string(what) + " is longer than " + std::to_string(most) + " bytes, the store's limit"};
}

Result<void> at_most(std::size_t size, std::size_t most, std::string_view what) {
  if (size > most) return too_long(what, most);
  return {};
}

bool is_region_character(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; }

// Control characters would break the lines that some backends and the logs keep names in.
bool has_control_character(std::string_view text) {
  return std::any_of(text.begin(), text.end(),
                     [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

Result<void> validate_policies(const std::vector<std::string>& policies) {
  if (policies.size() > limits::policies_of_key) {
    return Error(ErrorKind::invalid_argument, "an access key has at most " + std::to_string(limits::policies_of_key) +
                                                  " policies; put statements together in fewer documents");
  }
  for (const std::string& name : policies) TRY(validate_id(name, "a policy's name"));
  return {};
}

}  // namespace

Result<void> validate(const Scope& scope) {
  const bool account = scope.account.size() == 12 && std::all_of(scope.account.begin(), scope.account.end(),
                                                                 [](char c) { return c >= '0' && c <= '9'; });
  if (!account) return Error(ErrorKind::invalid_argument, "an account is 12 decimal digits");
  if (scope.region.empty() || scope.region.size() > 64 ||
      !std::all_of(scope.region.begin(), scope.region.end(), is_region_character)) {
    return Error(ErrorKind::invalid_argument, "a region is 1 to 64 characters of a-z, 0-9 and -");
  }
  return {};
}

Result<void> validate_id(std::string_view id, std::string_view what) {
  if (id.empty()) return Error(ErrorKind::invalid_argument, std::string(what) + " is empty");
  if (has_control_character(id)) {
    return Error(ErrorKind::invalid_argument, std::string(what) + " has a control character in it");
  }
  return at_most(id.size(), limits::id, what);
}

Result<void> validate_page(std::size_t limit) {
  if (limit < 1 || limit > limits::page) {
    return Error(ErrorKind::invalid_argument, "a page has 1 to " + std::to_string(limits::page) + " records");
  }
  return {};
}

Result<void> validate(const Mutation& mutation) {
  TRY(validate_id(mutation.record.kind, "the kind of a ledger record"));
  TRY(at_most(mutation.record.kind.size(), 128, "the kind of a ledger record"));
  TRY(at_most(mutation.record.actor.size(), limits::id, "the actor of a ledger record"));
  TRY(at_most(mutation.record.detail.size(), limits::detail, "the detail of a ledger record"));
  if (!mutation.once) return {};
  TRY(validate_id(mutation.once->operation, "the operation of an idempotency token"));
  TRY(validate_id(mutation.once->token, "an idempotency token"));
  TRY(at_most(mutation.once->token.size(), limits::token, "an idempotency token"));
  return at_most(mutation.once->response.size(), limits::response, "the response kept with an idempotency token");
}

Result<void> validate(const AccessKey& key) {
  TRY(validate_id(key.id, "an access key's id"));
  TRY(at_most(key.sealed_secret.size(), limits::blob, "an access key's sealed secret"));
  TRY(at_most(key.note.size(), limits::blob, "an access key's note"));
  if (key.rotated_from) TRY(validate_id(*key.rotated_from, "the id of the key that this one replaces"));
  return validate_policies(key.policies);
}

Result<void> validate(const AccessKeyChange& change) {
  if (change.sealed_secret) TRY(at_most(change.sealed_secret->size(), limits::blob, "an access key's sealed secret"));
  if (change.note) TRY(at_most(change.note->size(), limits::blob, "an access key's note"));
  if (change.policies) TRY(validate_policies(*change.policies));
  return {};
}

Result<void> validate(const PolicyDocument& policy) {
  TRY(validate_id(policy.name, "a policy's name"));
  return at_most(policy.document.size(), limits::document, "a policy document");
}

Result<void> validate(const Collection& collection) {
  TRY(validate_id(collection.id, "a collection's id"));
  TRY(validate_id(collection.resource, "a collection's resource name"));
  TRY(at_most(collection.embedding_space.size(), limits::id, "an embedding space"));
  TRY(at_most(collection.face_model_version.size(), limits::id, "a face model version"));
  TRY(at_most(collection.purpose.size(), limits::id, "a purpose"));
  return at_most(collection.wrapped_key.size(), limits::blob, "a collection's wrapped key");
}

Result<void> validate(const Tags& tags) {
  if (tags.size() > limits::page) {
    return Error(ErrorKind::invalid_argument, "at most " + std::to_string(limits::page) + " tags at once");
  }
  for (const auto& [key, value] : tags) {
    TRY(validate_id(key, "a tag's key"));
    TRY(at_most(value.size(), limits::tag_value, "a tag's value"));
  }
  return {};
}

Result<void> validate(const User& user) {
  TRY(validate_id(user.id, "a user's id"));
  return validate_id(user.subject_id, "a subject's id");
}

Result<void> validate(const Face& face) {
  TRY(validate_id(face.id, "a face's id"));
  TRY(validate_id(face.subject_id, "a subject's id"));
  TRY(validate_id(face.image_id, "an image's id"));
  if (face.external_image_id) TRY(validate_id(*face.external_image_id, "an external image id"));
  TRY(at_most(face.face_model_version.size(), limits::id, "a face model version"));
  TRY(at_most(face.sealed_template.size(), limits::blob, "a sealed template"));
  for (const double number :
       {face.box_left, face.box_top, face.box_width, face.box_height, face.confidence, face.sharpness}) {
    if (!std::isfinite(number)) return Error(ErrorKind::invalid_argument, "a face has a number that is none");
  }
  if (face.key_slot < 1 || face.key_slot > most_slot) {
    return Error(ErrorKind::invalid_argument, "a face has no key slot");
  }
  if (face.user_id) return Error(ErrorKind::invalid_argument, "a face to be stored has a subject, not a user");
  return {};
}

Result<void> validate(const FaceAddition& addition) {
  TRY(validate_list(addition.faces.size(), false, "faces"));
  for (const Face& face : addition.faces) TRY(validate(face));
  return {};
}

Result<void> validate(const Reassignment& reassignment) {
  if (reassignment.made) TRY(validate(*reassignment.made));
  if (reassignment.removed) TRY(validate_id(*reassignment.removed, "a user's id"));
  TRY(validate_list(reassignment.moves.size(), true, "moves of faces"));
  std::set<std::string_view> faces;
  for (const FaceMove& move : reassignment.moves) {
    TRY(validate_id(move.face_id, "a face's id"));
    TRY(validate_id(move.from, "a subject's id"));
    TRY(validate_id(move.to, "a subject's id"));
    if (move.from == move.to || !faces.insert(move.face_id).second) {
      return Error(ErrorKind::invalid_argument, "a face moves once, from one subject to another");
    }
  }
  return {};
}

Result<void> validate(const Rejection& rejection) {
  TRY(validate_id(rejection.subject_id, "a subject's id"));
  TRY(validate_id(rejection.face_id, "a face's id"));
  return at_most(rejection.actor.size(), limits::id, "who rejected");
}

Result<void> validate_list(std::size_t size, bool may_be_empty, std::string_view what) {
  if (size > limits::page || (size == 0 && !may_be_empty)) {
    return Error(ErrorKind::invalid_argument,
                 "a call takes 1 to " + std::to_string(limits::page) + " " + std::string(what));
  }
  return {};
}

Result<void> validate_setting(std::string_view name, const Bytes& value) {
  TRY(validate_id(name, "a setting's name"));
  return at_most(value.size(), limits::setting, "a setting's value");
}

}  // namespace likeness::store
