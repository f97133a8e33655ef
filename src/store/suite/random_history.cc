#include "store/suite/random_history.h"

#include <utility>

#include "base/error.h"
#include "store/limits.h"
#include "store/suite/store_suite.h"

namespace likeness::store {

namespace {

template <typename T>
std::string failure_of(const Result<T>& result) {
  return result.ok() ? "ok" : error_kind_name(result.error().kind);
}

std::string outcome(const Result<Applied>& result) {
  return failure_of(result) + (result.ok() && result->replayed ? " replayed " + *result->replayed : "");
}

std::string stamp(Time time) { return std::to_string(time.time_since_epoch().count()); }

// One random choice after the other, fixed when the call is made.
class Chooser {
 public:
  Chooser(std::mt19937& random, Scope scope, std::string prefix, int step)
      : random_(random), scope_(std::move(scope)), prefix_(std::move(prefix)), step_(step) {
    // Slots are unique over all scopes, as the prefix is.
    for (const char c : prefix_) slots_before_ = slots_before_ * 7 + std::uint64_t{static_cast<unsigned char>(c)} * 20;
  }

  unsigned below(unsigned bound) { return static_cast<unsigned>(random_() % bound); }
  std::string name(const char* kind, unsigned bound) { return kind + std::to_string(below(bound)); }
  // Some records are longer than a page of the database.
  std::string text() {
    return std::string(below(8) == 0 ? 3000 + below(4000) : below(40), static_cast<char>('a' + below(26)));
  }
  Bytes bytes() {
    const std::string content = text();
    return {content.begin(), content.end()};
  }

  Mutation mutation(const std::string& kind) {
    Mutation mutation = test_mutation(kind, step_);
    mutation.record.detail = "{\"text\":\"" + text() + "\"}";
    if (below(4) == 0) {
      Digest hash{};
      hash.fill(static_cast<std::uint8_t>(below(2)));
      mutation.once = Idempotency{.operation = "Operation",
                                  .token = name("token", 6),
                                  .parameters_hash = hash,
                                  .response = "response " + std::to_string(step_),
                                  .expires_at = test_time(step_ + static_cast<int>(below(20)))};
    }
    return mutation;
  }

  RandomCall key_call();
  RandomCall policy_call();
  RandomCall collection_call();
  RandomCall tag_call();
  RandomCall user_call();
  RandomCall face_call();
  RandomCall reassign_call();
  RandomCall rejection_call();
  RandomCall other_call();

 private:
  // Few subjects, some of them users', so that calls meet.
  std::string subject() { return below(2) == 0 ? "subject-" + name("user", 5) : "own-" + name("face", 6); }
  Face face();

  std::mt19937& random_;
  const Scope scope_;
  const std::string prefix_;
  std::uint64_t slots_before_ = 0;
  const int step_;
};

RandomCall Chooser::key_call() {
  const std::string id = prefix_ + name("key", 5);
  const Mutation with = mutation("key");
  const Scope scope = scope_;
  switch (below(4)) {
    case 0:
    case 1: {
      AccessKey key = test_key(id);
      key.note = text();
      key.policies = {name("policy", 4), name("policy", 4)};
      if (below(2) == 0) key.rotated_from = "old";
      return [=](Store& store) { return outcome(store.create_access_key(scope, key, with)); };
    }
    case 2: {
      AccessKeyChange change;
      if (below(2) == 0) change.enabled = below(2) == 0;
      if (below(2) == 0) change.policies = std::vector<std::string>(below(3), name("policy", 4));
      if (below(2) == 0) change.note = text();
      if (below(2) == 0) change.sealed_secret = bytes();
      return [=](Store& store) { return outcome(store.change_access_key(scope, id, change, with)); };
    }
    default: return [=](Store& store) { return outcome(store.delete_access_key(scope, id, with)); };
  }
}

RandomCall Chooser::policy_call() {
  const std::string id = name("policy", 4);
  const Mutation with = mutation("policy");
  const Scope scope = scope_;
  if (below(3) == 0) return [=](Store& store) { return outcome(store.delete_policy(scope, id, with)); };
  const PolicyDocument policy{.name = id, .document = text(), .created = test_time(step_), .updated = test_time(step_)};
  return [=](Store& store) { return outcome(store.put_policy(scope, policy, with)); };
}

RandomCall Chooser::collection_call() {
  Collection collection = test_collection(name("collection", 4));
  const Mutation with = mutation("collection");
  const Scope scope = scope_;
  if (below(8) == 0) {
    return [=](Store& store) { return outcome(store.delete_collection(scope, collection.id, with)); };
  }
  if (below(6) == 0) collection.resource = "resource/" + name("collection", 4);
  collection.wrapped_key = bytes();
  Tags tags;
  for (unsigned i = below(3); i > 0; --i) tags[name("tag", 6)] = name("value", 9);
  return [=](Store& store) {
    // What an earlier one of this id left is in the way until it is purged.
    for (Result<bool> more = true; more.ok() && *more;) {
      more = store.purge({scope, collection.id}, 3);
      if (!more.ok()) return failure_of(more);
    }
    return outcome(store.create_collection(scope, collection, tags, with));
  };
}

RandomCall Chooser::tag_call() {
  const std::string resource = "resource/" + name("collection", 4);
  const Mutation with = mutation("tag");
  const Scope scope = scope_;
  if (below(3) == 0) {
    const std::vector<std::string> keys = {name("tag", 6), name("tag", 6)};
    return [=](Store& store) { return outcome(store.untag(scope, resource, keys, with)); };
  }
  Tags tags;
  for (unsigned i = 1 + below(3); i > 0; --i) tags[name("tag", 6)] = name("value", 9);
  return [=](Store& store) { return outcome(store.tag(scope, resource, tags, 4, with)); };
}

RandomCall Chooser::user_call() {
  const std::string collection = name("collection", 4);
  User user = test_user(name("user", 5));
  const Mutation with = mutation("user");
  const Scope scope = scope_;
  switch (below(4)) {
    case 0: return [=](Store& store) { return outcome(store.delete_user(scope, collection, user.id, with)); };
    case 1: {
      const auto status = static_cast<UserStatus>(below(3));
      return [=](Store& store) { return outcome(store.set_user_status(scope, collection, user.id, status, with)); };
    }
    default:
      if (below(5) == 0) user.subject_id = "subject-" + name("user", 5);
      return [=](Store& store) { return outcome(store.create_user(scope, collection, user, with)); };
  }
}

Face Chooser::face() {
  Face face = test_face(name("face", 6), slots_before_ + 1 + below(18));
  face.sharpness = static_cast<double>(face.key_slot % 11) * 10;
  face.picture_hash.fill(static_cast<std::uint8_t>(below(30)));
  if (below(2) == 0) face.external_image_id = text();
  face.sealed_template = bytes();
  return face;
}

RandomCall Chooser::face_call() {
  const std::string collection = name("collection", 2);
  const Mutation with = mutation("face");
  const Scope scope = scope_;
  if (below(3) > 0) {
    FaceAddition addition;
    for (unsigned i = 1 + below(2); i > 0; --i) addition.faces.push_back(face());
    addition.known_of_pictures = below(5) == 0 ? 1 : 0;
    addition.most = 5;
    return [=](Store& store) { return outcome(store.add_faces(scope, collection, addition, with)); };
  }
  std::vector<Face> faces;
  for (unsigned i = 1 + below(2); i > 0; --i) {
    faces.push_back(face());
    if (below(3) == 0) faces.back().subject_id = subject();
  }
  return [=](Store& store) { return outcome(store.remove_faces(scope, collection, faces, with)); };
}

RandomCall Chooser::reassign_call() {
  const std::string collection = name("collection", 2);
  const Mutation with = mutation("reassign");
  const Scope scope = scope_;
  Reassignment reassignment;
  if (below(4) == 0) reassignment.made = test_user(name("user", 5));
  for (unsigned i = below(3); i > 0; --i) {
    const std::string id = name("face", 6);
    reassignment.moves.push_back({.face_id = id,
                                  .from = below(2) == 0 ? "own-" + id : subject(),
                                  .to = below(2) == 0 ? "own-" + id : subject()});
  }
  if (below(3) == 0) reassignment.removed = name("user", 5);
  reassignment.most = 1 + below(3);
  return [=](Store& store) { return outcome(store.reassign(scope, collection, reassignment, with)); };
}

RandomCall Chooser::rejection_call() {
  const std::string collection = name("collection", 2);
  const Mutation with = mutation("rejection");
  const Scope scope = scope_;
  const Rejection rejection{.subject_id = subject(),
                            .face_id = name("face", 6),
                            .user_id = std::nullopt,
                            .actor = text(),
                            .created = test_time(step_)};
  if (below(3) == 0) {
    const RejectionKey key{.subject_id = rejection.subject_id, .face_id = rejection.face_id};
    return [=](Store& store) { return outcome(store.retract_rejection(scope, collection, key, with)); };
  }
  return [=](Store& store) { return outcome(store.reject(scope, collection, rejection, 3, with)); };
}

RandomCall Chooser::other_call() {
  const Mutation with = mutation("other");
  const Scope scope = scope_;
  if (below(2) == 0) return [=](Store& store) { return outcome(store.append(scope, with)); };
  const std::string setting = name("setting", 3);
  const Bytes value = bytes();
  return [=](Store& store) { return outcome(store.put_setting(scope, setting, value, with)); };
}

// All records of a listing, a few at a time, so that paging is compared too.
template <typename T, typename List, typename Id>
std::vector<T> all_of(const List& list, const Id& id, std::vector<std::string>& lines) {
  std::vector<T> all;
  while (true) {
    const Result<std::vector<T>> page = list(all.empty() ? std::string() : id(all.back()), std::size_t{3});
    if (!page.ok()) lines.push_back("listing: " + failure_of(page) + " " + page.error().message);
    if (!page.ok() || page->empty()) return all;
    all.insert(all.end(), page->begin(), page->end());
  }
}

std::string line_of(const AccessKey& key) {
  std::string line = "key " + key.id + " " + to_hex(key.sealed_secret) + (key.enabled ? " on " : " off ");
  for (const std::string& policy : key.policies) line += policy + ",";
  return line + " " + key.note + " " + stamp(key.created) + " " + key.rotated_from.value_or("-");
}

std::string line_of(const Collection& collection) {
  return "collection " + collection.id + " " + collection.resource + " " + collection.embedding_space + " " +
         collection.face_model_version + " " + collection.purpose + " " + to_hex(collection.wrapped_key) + " " +
         stamp(collection.created);
}

std::string line_of(const Face& face) {
  return "face " + face.id + " " + face.subject_id + " " + face.user_id.value_or("-") + " " + face.image_id + " " +
         face.external_image_id.value_or("-") + " " + to_hex(face.picture_hash) + " " + std::to_string(face.box_left) +
         " " + std::to_string(face.confidence) + " " + face.face_model_version + " " + to_hex(face.sealed_template) +
         " " + std::to_string(face.key_slot) + " " + stamp(face.created) +
         // Older schemas did not know it; their states stay as they were written.
         (face.sharpness == 100 ? "" : " " + std::to_string(face.sharpness));
}

// What a reading gave; a failure is a line.
template <typename T>
T taken(Result<T> result, std::vector<std::string>& lines) {
  if (result.ok()) return *std::move(result);
  lines.push_back("reading: " + failure_of(result));
  return {};
}

// Every way to read faces and rejections.
void add_faces(Store& store, const Scope& scope, const std::string& collection, std::vector<std::string>& lines) {
  const auto faces = all_of<Face>(
      [&](const std::string& after, std::size_t limit) { return store.list_faces(scope, collection, after, limit); },
      [](const Face& face) { return face.id; }, lines);
  const auto add = [&](const char* how, const Result<std::vector<Face>>& found) {
    if (!found.ok()) lines.push_back(std::string(how) + failure_of(found));
    if (found.ok()) {
      for (const Face& face : *found) lines.push_back(how + line_of(face));
    }
  };
  std::vector<std::string> ids = {"missing"};
  std::vector<std::uint64_t> slots = {1234};
  for (const Face& face : faces) {
    lines.push_back(line_of(face));
    ids.push_back(face.id);
    slots.push_back(face.key_slot);
    add("of subject ", store.faces_of_subject(scope, collection, face.subject_id, "face2", 2));
    for (const double mean : taken(store.mean_sharpness(scope, collection, {face.subject_id, "nobody"}), lines)) {
      if (mean != 100) lines.push_back("mean sharpness " + std::to_string(mean));
    }
    add("of picture ", store.faces_of_picture(scope, collection, face.picture_hash));
    const auto rejected = taken(store.rejections_of_face(scope, collection, face.id, "own-face1", 2), lines);
    for (const Rejection& each : rejected) lines.push_back("rejected for " + each.subject_id);
  }
  add("by id ", store.faces(scope, collection, ids));
  add("by slot ", store.faces_in_slots(scope, collection, slots));
  for (const FaceTemplate& entry : taken(store.templates(scope, collection, 2, 5), lines)) {
    lines.push_back("template " + std::to_string(entry.key_slot) + " " + entry.face_id + " " +
                    to_hex(entry.sealed_template));
  }
  for (const std::uint64_t slot : taken(store.slots(scope, collection, 3, 4), lines)) {
    lines.push_back("slot " + std::to_string(slot));
  }
  RejectionKey after;
  while (true) {
    const std::vector<Rejection> page = taken(store.list_rejections(scope, collection, "", after, 2), lines);
    if (page.empty()) break;
    for (const Rejection& each : page) {
      lines.push_back("rejection " + each.subject_id + " " + each.user_id.value_or("-") + " " + each.face_id + " " +
                      each.actor + " " + stamp(each.created));
    }
    after = {.subject_id = page.back().subject_id, .face_id = page.back().face_id};
  }
  for (const User& user : taken(store.changed_users(scope, collection, 3, 0, 2), lines)) {
    lines.push_back("changed " + user.id);
  }
  lines.push_back("generation " + std::to_string(taken(store.collection_generation(scope, collection), lines)));
  const CollectionSize size = taken(store.collection_size(scope, collection), lines);
  lines.push_back("size " + std::to_string(size.faces) + " " + std::to_string(size.users));
}

void add_collection(Store& store, const Scope& scope, const Collection& collection, std::vector<std::string>& lines) {
  lines.push_back(line_of(collection));
  const Result<Tags> tags = store.tags_of(scope, collection.resource);
  if (!tags.ok()) lines.push_back("tags: " + failure_of(tags));
  if (tags.ok()) {
    for (const auto& [key, value] : *tags) lines.push_back(std::string("tag ").append(key).append("=").append(value));
  }
  const auto users = all_of<User>(
      [&](const std::string& after, std::size_t limit) { return store.list_users(scope, collection.id, after, limit); },
      [](const User& user) { return user.id; }, lines);
  for (const User& user : users) {
    lines.push_back("user " + user.id + " " + user.subject_id + " " + std::to_string(static_cast<int>(user.status)) +
                    " " + stamp(user.created));
  }
  add_faces(store, scope, collection.id, lines);
}

}  // namespace

RandomCall random_call(std::mt19937& random, const Scope& scope, const std::string& prefix, int step) {
  Chooser chooser(random, scope, prefix, step);
  switch (chooser.below(16)) {
    case 0:
    case 1: return chooser.key_call();
    case 2: return chooser.policy_call();
    case 3:
    case 4: return chooser.collection_call();
    case 5: return chooser.tag_call();
    case 6: return chooser.user_call();
    case 7:
    case 8:
    case 9:
    case 10: return chooser.face_call();
    case 11:
    case 12: return chooser.reassign_call();
    case 13:
    case 14: return chooser.rejection_call();
    default: return chooser.other_call();
  }
}

std::vector<std::string> state_of(Store& store, const Scope& scope) {
  std::vector<std::string> lines;
  const auto keys = all_of<AccessKey>(
      [&](const std::string& after, std::size_t limit) { return store.list_access_keys(scope, after, limit); },
      [](const AccessKey& key) { return key.id; }, lines);
  for (const AccessKey& key : keys) lines.push_back(line_of(key));
  const auto policies = all_of<PolicyDocument>(
      [&](const std::string& after, std::size_t limit) { return store.list_policies(scope, after, limit); },
      [](const PolicyDocument& policy) { return policy.name; }, lines);
  for (const PolicyDocument& policy : policies) {
    lines.push_back("policy " + policy.name + " " + policy.document + " " + stamp(policy.created) + " " +
                    stamp(policy.updated));
  }
  const auto collections = all_of<Collection>(
      [&](const std::string& after, std::size_t limit) { return store.list_collections(scope, after, limit); },
      [](const Collection& collection) { return collection.id; }, lines);
  for (const Collection& collection : collections) add_collection(store, scope, collection, lines);
  for (int i = 0; i < 3; ++i) {
    const Result<Bytes> setting = store.setting(scope, "setting" + std::to_string(i));
    lines.push_back("setting " + (setting.ok() ? to_hex(*setting) : failure_of(setting)));
  }
  for (int i = 0; i < 6; ++i) {
    const auto response = store.find_response(scope, "Operation", "token" + std::to_string(i), {}, test_time(-1000));
    lines.push_back("token " + (response.ok() ? response->value_or("-") : failure_of(response)));
  }
  return lines;
}

std::vector<std::string> outbox_of(Store& store) {
  std::vector<std::string> lines;
  const auto entries = all_of<OutboxEntry>(
      [&](const std::string& after, std::size_t limit) {
        return store.read_outbox(after.empty() ? 0 : std::stoull(after), limit);
      },
      [](const OutboxEntry& entry) { return std::to_string(entry.sequence); }, lines);
  for (const OutboxEntry& entry : entries) {
    lines.push_back(std::to_string(entry.sequence) + " " + entry.scope.account + " " + entry.scope.region + " " +
                    entry.record.kind + " " + entry.record.actor + " " + stamp(entry.record.time) + " " +
                    entry.record.detail);
  }
  return lines;
}

}  // namespace likeness::store
