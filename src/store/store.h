// The durable store, as everything above it sees it.
//
// Every call is blocking. A mutating call returns when its change is durable: it survives the loss of power. It takes
// the ledger record of the change (and a client's token, if there is one), and does all of it or nothing: a call that
// gives an error has changed nothing. The order inside a mutating call is: limits, the token, the change, the record.
// With a token that was seen with the same parameters it changes nothing and gives Applied::replayed.
//
// Nothing here assumes one process or one file: another process may have changed what was read a moment ago, so a
// decision that must hold is one call.
//
// Listings are in the byte order of their key: at most `limit` records (1 to limits::page) after `after`, which need
// not exist; empty means from the beginning. A page costs the same wherever it stands.
//
// Errors of every call: invalid_argument (a record or a limit that limits.h forbids), overloaded (too many calls wait;
// again later helps), unavailable (no space, no permission, the disk does not answer; the message says what to do),
// corrupt (what is stored is damaged; the message says which file and what to do). Errors of mutating calls with a
// token: idempotency_mismatch. Further errors stand beside each call.
//
// Thread rule: all methods may be called from any thread. Ownership: records go in and out by value.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "store/records.h"

namespace likeness::store {

class AccessKeys {
 public:
  virtual ~AccessKeys() = default;
  // Errors: already_exists, also if another scope has a key with this id.
  virtual Result<Applied> create_access_key(const Scope& scope, const AccessKey& key, const Mutation& mutation) = 0;
  // Errors: not_found.
  virtual Result<Applied> change_access_key(const Scope& scope, std::string_view id, const AccessKeyChange& change,
                                            const Mutation& mutation) = 0;
  // Errors: not_found.
  virtual Result<Applied> delete_access_key(const Scope& scope, std::string_view id, const Mutation& mutation) = 0;
  // Errors: not_found.
  virtual Result<AccessKey> access_key(const Scope& scope, std::string_view id) = 0;
  // Whose key this is. Errors: not_found.
  virtual Result<LocatedAccessKey> locate_access_key(std::string_view id) = 0;
  virtual Result<std::vector<AccessKey>> list_access_keys(const Scope& scope, std::string_view after,
                                                          std::size_t limit) = 0;
};

class Policies {
 public:
  virtual ~Policies() = default;
  // Makes the document or replaces it; `created` of one that is there stays as it was.
  virtual Result<Applied> put_policy(const Scope& scope, const PolicyDocument& policy, const Mutation& mutation) = 0;
  // Errors: not_found, invalid_argument (an access key of this scope still names it).
  virtual Result<Applied> delete_policy(const Scope& scope, std::string_view name, const Mutation& mutation) = 0;
  // Errors: not_found.
  virtual Result<PolicyDocument> policy(const Scope& scope, std::string_view name) = 0;
  virtual Result<std::vector<PolicyDocument>> list_policies(const Scope& scope, std::string_view after,
                                                            std::size_t limit) = 0;
};

class Collections {
 public:
  virtual ~Collections() = default;
  // Errors: already_exists (the id or the resource).
  virtual Result<Applied> create_collection(const Scope& scope, const Collection& collection, const Tags& tags,
                                            const Mutation& mutation) = 0;
  // From then on no call sees it or what was in it, and its tags are gone. Its faces may be many, so they go
  // afterwards, by purge(); until then another collection of this id is refused with resource_in_use. Errors:
  // not_found.
  virtual Result<Applied> delete_collection(const Scope& scope, std::string_view id, const Mutation& mutation) = 0;
  // Those that were deleted and are not purged yet, of all scopes, in no order.
  virtual Result<std::vector<LocatedCollection>> deleted_collections() = 0;
  // Removes at most `most` (1 to limits::page) faces or subjects of a collection that was deleted, and puts the key
  // slots of the faces among those to wipe. Housekeeping, without a ledger record. True if something is left to purge;
  // false also for a collection that was not deleted, or is gone.
  virtual Result<bool> purge(const LocatedCollection& collection, std::size_t most) = 0;
  // Errors: not_found.
  virtual Result<Collection> collection(const Scope& scope, std::string_view id) = 0;
  // Costs the same however large it is. Errors: not_found.
  virtual Result<CollectionSize> collection_size(const Scope& scope, std::string_view id) = 0;
  // Rises with every change of the faces of the collection or of whose they are. Errors: not_found.
  virtual Result<std::uint64_t> collection_generation(const Scope& scope, std::string_view id) = 0;
  // Every scope that has a collection, in no order.
  virtual Result<std::vector<Scope>> scopes_with_collections() = 0;
  virtual Result<std::vector<Collection>> list_collections(const Scope& scope, std::string_view after,
                                                           std::size_t limit) = 0;
};

// Tags of anything that is a resource: collections so far.
class ResourceTags {
 public:
  virtual ~ResourceTags() = default;
  // Adds and replaces. Errors: not_found (no such resource), limit_exceeded (it would have more than `most` tags).
  virtual Result<Applied> tag(const Scope& scope, std::string_view resource, const Tags& tags, std::size_t most,
                              const Mutation& mutation) = 0;
  // Keys that it has not are no error. Errors: not_found (no such resource).
  virtual Result<Applied> untag(const Scope& scope, std::string_view resource, const std::vector<std::string>& keys,
                                const Mutation& mutation) = 0;
  // Errors: not_found (no such resource).
  virtual Result<Tags> tags_of(const Scope& scope, std::string_view resource) = 0;
};

class Users {
 public:
  virtual ~Users() = default;
  // Errors: not_found (no such collection), already_exists (the user id or the subject id).
  virtual Result<Applied> create_user(const Scope& scope, std::string_view collection, const User& user,
                                      const Mutation& mutation) = 0;
  // Errors: not_found (no such collection or user).
  virtual Result<Applied> set_user_status(const Scope& scope, std::string_view collection, std::string_view id,
                                          UserStatus status, const Mutation& mutation) = 0;
  // Errors: not_found (no such collection or user), conflict (it has faces: reassign() ends it together with the
  // moves).
  virtual Result<Applied> delete_user(const Scope& scope, std::string_view collection, std::string_view id,
                                      const Mutation& mutation) = 0;
  // Errors: not_found (no such collection or user).
  virtual Result<User> user(const Scope& scope, std::string_view collection, std::string_view id) = 0;
  // By user id. Errors: not_found (no such collection).
  virtual Result<std::vector<User>> list_users(const Scope& scope, std::string_view collection, std::string_view after,
                                               std::size_t limit) = 0;
  // Those of the numbers (at most limits::page) that are there, in the order of `numbers`.
  virtual Result<std::vector<User>> numbered_users(const Scope& scope, std::string_view collection,
                                                   const std::vector<std::uint64_t>& numbers) = 0;
  // By number, those after `after` whose faces changed after the collection had `generation`.
  // Errors: not_found (no such collection).
  virtual Result<std::vector<User>> changed_users(const Scope& scope, std::string_view collection,
                                                  std::uint64_t generation, std::uint64_t after, std::size_t limit) = 0;
};

// Faces, and whose they are. A face belongs to one subject from birth: its own, or a user's.
class Faces {
 public:
  virtual ~Faces() = default;
  // Errors: not_found (no such collection), conflict (the collection has more or fewer faces of these pictures than
  // addition.known_of_pictures), already_exists (an id of a face or of a subject in this collection, or a
  // key slot that any face has), limit_exceeded (more than addition.most).
  virtual Result<Applied> add_faces(const Scope& scope, std::string_view collection, const FaceAddition& addition,
                                    const Mutation& mutation) = 0;
  // Removes all of them, with what was rejected of them, or none; their key slots are among those to wipe from then on.
  // `faces` (1 to limits::page) are as the caller saw them. Errors: not_found (no such collection), conflict (one is
  // not there, or belongs to another subject than Face::subject_id: read again).
  virtual Result<Applied> remove_faces(const Scope& scope, std::string_view collection, const std::vector<Face>& faces,
                                       const Mutation& mutation) = 0;
  // Errors: not_found (no such collection), already_exists (the user to be made), conflict (a face is not there or not
  // its subject's `from`; a subject to be made is there and is no user's; the user to be removed is not there or keeps
  // faces: read again), limit_exceeded (a subject would have more than `most` faces).
  virtual Result<Applied> reassign(const Scope& scope, std::string_view collection, const Reassignment& reassignment,
                                   const Mutation& mutation) = 0;
  // Those of the ids (at most limits::page) that are there, in the order of `ids`. Errors: not_found (no such
  // collection).
  virtual Result<std::vector<Face>> faces(const Scope& scope, std::string_view collection,
                                          const std::vector<std::string>& ids) = 0;
  // The same by key slots.
  virtual Result<std::vector<Face>> faces_in_slots(const Scope& scope, std::string_view collection,
                                                   const std::vector<std::uint64_t>& slots) = 0;
  // By face id; at most limits::page, of which a picture never has so many. Errors: not_found (no such collection).
  virtual Result<std::vector<Face>> faces_of_picture(const Scope& scope, std::string_view collection,
                                                     const Digest& picture_hash) = 0;
  // By face id. Errors: not_found (no such collection).
  virtual Result<std::vector<Face>> faces_of_subject(const Scope& scope, std::string_view collection,
                                                     std::string_view subject, std::string_view after,
                                                     std::size_t limit) = 0;
  // How sharp the faces of each subject (at most limits::page) are on average, in the order of `subjects`; 100 for one
  // without faces. Errors: not_found (no such collection).
  virtual Result<std::vector<double>> mean_sharpness(const Scope& scope, std::string_view collection,
                                                     const std::vector<std::string>& subjects) = 0;
  // By face id, without templates. Errors: not_found (no such collection).
  virtual Result<std::vector<Face>> list_faces(const Scope& scope, std::string_view collection, std::string_view after,
                                               std::size_t limit) = 0;
  // By key slot, those with a slot above or equal to `from`. Errors: not_found (no such collection).
  virtual Result<std::vector<FaceTemplate>> templates(const Scope& scope, std::string_view collection,
                                                      std::uint64_t from, std::size_t limit) = 0;
  // The slots alone, in the same order: much faster.
  virtual Result<std::vector<std::uint64_t>> slots(const Scope& scope, std::string_view collection, std::uint64_t from,
                                                   std::size_t limit) = 0;
};

// What people said is not so.
class Rejections {
 public:
  virtual ~Rejections() = default;
  // One that is there stays as it is. Errors: not_found (no such collection, subject or face), conflict (the face is
  // the subject's own), limit_exceeded (the subject, or the face, would have more than `most` rejections).
  virtual Result<Applied> reject(const Scope& scope, std::string_view collection, const Rejection& rejection,
                                 std::size_t most, const Mutation& mutation) = 0;
  // Errors: not_found.
  virtual Result<Applied> retract_rejection(const Scope& scope, std::string_view collection, const RejectionKey& key,
                                            const Mutation& mutation) = 0;
  // By subject, then face, of one subject if it is not empty. Errors: not_found (no such collection).
  virtual Result<std::vector<Rejection>> list_rejections(const Scope& scope, std::string_view collection,
                                                         std::string_view subject, const RejectionKey& after,
                                                         std::size_t limit) = 0;
  // By subject, those of one face. Errors: not_found (no such collection).
  virtual Result<std::vector<Rejection>> rejections_of_face(const Scope& scope, std::string_view collection,
                                                            std::string_view face, std::string_view after_subject,
                                                            std::size_t limit) = 0;
};

// Key slots whose faces were removed: the keys in them must be overwritten before the removal is acknowledged, and at
// the next start if there was no time for it.
class Erasures {
 public:
  virtual ~Erasures() = default;
  // Of all scopes, in rising order.
  virtual Result<std::vector<std::uint64_t>> slots_to_wipe(std::uint64_t from, std::size_t limit) = 0;
  // Of the faces of a collection that was deleted and is not purged yet, in rising order; none of any other collection.
  virtual Result<std::vector<std::uint64_t>> slots_of_deleted(const Scope& scope, std::string_view collection,
                                                              std::uint64_t from, std::size_t limit) = 0;
  // They were overwritten, and may be given to other faces. Housekeeping, without a ledger record.
  virtual Result<void> forget_wiped(const std::vector<std::uint64_t>& slots) = 0;
  // The slots of all faces of all scopes, also of deleted collections that are not purged yet, in rising order: what
  // the file of key slots may hold. For the start; takes 8 bytes a face.
  virtual Result<std::vector<std::uint64_t>> slots_in_use() = 0;
};

// Tokens of clients, written by mutating calls.
class Tokens {
 public:
  virtual ~Tokens() = default;
  // The kept response, if the token was seen and has not expired at `now`. Errors: idempotency_mismatch.
  virtual Result<std::optional<std::string>> find_response(const Scope& scope, std::string_view operation,
                                                           std::string_view token, const Digest& parameters_hash,
                                                           Time now) = 0;
  // Forgets at most `most` (1 to limits::page) tokens of all scopes that have expired at `now`; how many it forgot.
  // Housekeeping, without a ledger record. A clock set back keeps tokens longer, never shorter.
  virtual Result<std::size_t> forget_expired_tokens(Time now, std::size_t most) = 0;
};

// Ledger records on their way to the ledger, in one order over all scopes.
class Outbox {
 public:
  virtual ~Outbox() = default;
  // A record without a change: a search, a login. Durable like a change.
  virtual Result<Applied> append(const Scope& scope, const Mutation& mutation) = 0;
  // The oldest entries with a sequence above `after`, at most `limit` (1 to limits::page).
  virtual Result<std::vector<OutboxEntry>> read_outbox(std::uint64_t after, std::size_t limit) = 0;
  // Removes the entries up to and with `sequence`: the ledger has them. Numbers are never used again.
  virtual Result<void> acknowledge_outbox(std::uint64_t sequence) = 0;
};

// Small values under a name: those of an account, and under server_scope() those of the server.
class Settings {
 public:
  virtual ~Settings() = default;
  // Makes the setting or replaces it.
  virtual Result<Applied> put_setting(const Scope& scope, std::string_view name, const Bytes& value,
                                      const Mutation& mutation) = 0;
  // Errors: not_found.
  virtual Result<Bytes> setting(const Scope& scope, std::string_view name) = 0;
};

class Store : public AccessKeys,
              public Policies,
              public Collections,
              public ResourceTags,
              public Users,
              public Faces,
              public Rejections,
              public Erasures,
              public Tokens,
              public Outbox,
              public Settings {
 public:
  Store() = default;
  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;
  ~Store() override = default;

  // Reads everything and looks for damage. Takes as long as reading the whole store does. Errors: corrupt.
  virtual Result<void> check() = 0;

  // What is stored at one moment, in one new file (mode 0600) that the same backend opens; calls go on meanwhile.
  // Checked from end to end and on the disk when it returns; a file that is not whole is removed. Errors:
  // already_exists (the file), unsupported (this backend is copied by its own tools).
  virtual Result<void> copy_to(const std::filesystem::path& file) = 0;
};

}  // namespace likeness::store
