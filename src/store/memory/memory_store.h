// A store in memory, of plain maps under one lock: for tests, and as the naive twin that the durable backends are
// compared with. Nothing survives it.
//
// Thread rule: all methods may be called from any thread.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/thread_annotations.h"
#include "store/store.h"

namespace likeness::store {

class MemoryStore final : public Store {
 public:
  MemoryStore();
  ~MemoryStore() override;

  Result<Applied> create_access_key(const Scope& scope, const AccessKey& key, const Mutation& mutation) override;
  Result<Applied> change_access_key(const Scope& scope, std::string_view id, const AccessKeyChange& change,
                                    const Mutation& mutation) override;
  Result<Applied> delete_access_key(const Scope& scope, std::string_view id, const Mutation& mutation) override;
  Result<AccessKey> access_key(const Scope& scope, std::string_view id) override;
  Result<LocatedAccessKey> locate_access_key(std::string_view id) override;
  Result<std::vector<AccessKey>> list_access_keys(const Scope& scope, std::string_view after,
                                                  std::size_t limit) override;

  Result<Applied> put_policy(const Scope& scope, const PolicyDocument& policy, const Mutation& mutation) override;
  Result<Applied> delete_policy(const Scope& scope, std::string_view name, const Mutation& mutation) override;
  Result<PolicyDocument> policy(const Scope& scope, std::string_view name) override;
  Result<std::vector<PolicyDocument>> list_policies(const Scope& scope, std::string_view after,
                                                    std::size_t limit) override;

  Result<Applied> create_collection(const Scope& scope, const Collection& collection, const Tags& tags,
                                    const Mutation& mutation) override;
  Result<Applied> delete_collection(const Scope& scope, std::string_view id, const Mutation& mutation) override;
  Result<std::vector<LocatedCollection>> deleted_collections() override;
  Result<bool> purge(const LocatedCollection& collection, std::size_t most) override;
  Result<Collection> collection(const Scope& scope, std::string_view id) override;
  Result<CollectionSize> collection_size(const Scope& scope, std::string_view id) override;
  Result<std::uint64_t> collection_generation(const Scope& scope, std::string_view id) override;
  Result<std::vector<Scope>> scopes_with_collections() override;
  Result<std::vector<Collection>> list_collections(const Scope& scope, std::string_view after,
                                                   std::size_t limit) override;

  Result<Applied> tag(const Scope& scope, std::string_view resource, const Tags& tags, std::size_t most,
                      const Mutation& mutation) override;
  Result<Applied> untag(const Scope& scope, std::string_view resource, const std::vector<std::string>& keys,
                        const Mutation& mutation) override;
  Result<Tags> tags_of(const Scope& scope, std::string_view resource) override;

  Result<Applied> create_user(const Scope& scope, std::string_view collection, const User& user,
                              const Mutation& mutation) override;
  Result<Applied> set_user_status(const Scope& scope, std::string_view collection, std::string_view id,
                                  UserStatus status, const Mutation& mutation) override;
  Result<Applied> delete_user(const Scope& scope, std::string_view collection, std::string_view id,
                              const Mutation& mutation) override;
  Result<User> user(const Scope& scope, std::string_view collection, std::string_view id) override;
  Result<std::vector<User>> list_users(const Scope& scope, std::string_view collection, std::string_view after,
                                       std::size_t limit) override;

  Result<std::vector<User>> numbered_users(const Scope& scope, std::string_view collection,
                                           const std::vector<std::uint64_t>& numbers) override;
  Result<std::vector<User>> changed_users(const Scope& scope, std::string_view collection, std::uint64_t generation,
                                          std::uint64_t after, std::size_t limit) override;

  Result<Applied> add_faces(const Scope& scope, std::string_view collection, const FaceAddition& addition,
                            const Mutation& mutation) override;
  Result<Applied> remove_faces(const Scope& scope, std::string_view collection, const std::vector<Face>& faces,
                               const Mutation& mutation) override;
  Result<Applied> reassign(const Scope& scope, std::string_view collection, const Reassignment& reassignment,
                           const Mutation& mutation) override;
  Result<std::vector<Face>> faces(const Scope& scope, std::string_view collection,
                                  const std::vector<std::string>& ids) override;
  Result<std::vector<Face>> faces_in_slots(const Scope& scope, std::string_view collection,
                                           const std::vector<std::uint64_t>& slots) override;
  Result<std::vector<Face>> faces_of_picture(const Scope& scope, std::string_view collection,
                                             const Digest& picture_hash) override;
  Result<std::vector<Face>> faces_of_subject(const Scope& scope, std::string_view collection, std::string_view subject,
                                             std::string_view after, std::size_t limit) override;
  Result<std::vector<double>> mean_sharpness(const Scope& scope, std::string_view collection,
                                             const std::vector<std::string>& subjects) override;
  Result<std::vector<Face>> list_faces(const Scope& scope, std::string_view collection, std::string_view after,
                                       std::size_t limit) override;
  Result<std::vector<FaceTemplate>> templates(const Scope& scope, std::string_view collection, std::uint64_t from,
                                              std::size_t limit) override;
  Result<std::vector<std::uint64_t>> slots(const Scope& scope, std::string_view collection, std::uint64_t from,
                                           std::size_t limit) override;

  Result<Applied> reject(const Scope& scope, std::string_view collection, const Rejection& rejection, std::size_t most,
                         const Mutation& mutation) override;
  Result<Applied> retract_rejection(const Scope& scope, std::string_view collection, const RejectionKey& key,
                                    const Mutation& mutation) override;
  Result<std::vector<Rejection>> list_rejections(const Scope& scope, std::string_view collection,
                                                 std::string_view subject, const RejectionKey& after,
                                                 std::size_t limit) override;
  Result<std::vector<Rejection>> rejections_of_face(const Scope& scope, std::string_view collection,
                                                    std::string_view face, std::string_view after_subject,
                                                    std::size_t limit) override;

  Result<std::vector<std::uint64_t>> slots_to_wipe(std::uint64_t from, std::size_t limit) override;
  Result<std::vector<std::uint64_t>> slots_of_deleted(const Scope& scope, std::string_view collection,
                                                      std::uint64_t from, std::size_t limit) override;
  Result<void> forget_wiped(const std::vector<std::uint64_t>& slots) override;
  Result<std::vector<std::uint64_t>> slots_in_use() override;

  Result<std::optional<std::string>> find_response(const Scope& scope, std::string_view operation,
                                                   std::string_view token, const Digest& parameters_hash,
                                                   Time now) override;
  Result<std::size_t> forget_expired_tokens(Time now, std::size_t most) override;

  Result<Applied> append(const Scope& scope, const Mutation& mutation) override;
  Result<std::vector<OutboxEntry>> read_outbox(std::uint64_t after, std::size_t limit) override;
  Result<void> acknowledge_outbox(std::uint64_t sequence) override;

  Result<Applied> put_setting(const Scope& scope, std::string_view name, const Bytes& value,
                              const Mutation& mutation) override;
  Result<Bytes> setting(const Scope& scope, std::string_view name) override;

  Result<void> check() override { return {}; }
  Result<void> copy_to(const std::filesystem::path& /*file*/) override {
    return Error(ErrorKind::unsupported, "a store in memory has no backups");
  }

 private:
  // The maps. Functions that are given a State run under the lock.
  struct State;
  using Change = std::function<Result<void>(State&)>;

  // Looks for the token, makes the change, writes the record. `change` changes nothing if it gives an error.
  Result<Applied> apply(const Scope& scope, const Mutation& mutation, const Change& change);

  Mutex mutex_;
  std::unique_ptr<State> state_ GUARDED_BY(mutex_);
};

}  // namespace likeness::store
