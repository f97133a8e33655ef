// The store in one SQLite file: the embedded default. docs/store.md describes the file, and what survives what.
//
// Thread rule: all methods may be called from any thread. Ownership: one SqliteStore a file; whoever opens it holds the
// lock of the data folder (app/data_folder.h), and any number of readers may look on with SQLite's own tools.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "store/sqlite/connection.h"
#include "store/sqlite/readers.h"
#include "store/sqlite/writer.h"
#include "store/store.h"

namespace likeness::store {

class ChecksumVfs;

struct SqliteOptions {
  std::filesystem::path file{};  // DATA/likeness.db; made with mode 0600 if it is not there
  int readers = 4;               // connections for reading, 1 to 64
  std::string vfs{};    // SQLite's file layer to stand on; empty: the operating system's. Tests make disks fail
  bool durable = true;  // false: no fsync. For the test that shows what is lost then
  // Files up to this many bytes are checked from end to end when they are opened: below a second. Of larger ones every
  // page is verified when it is read, and check() reads them all.
  std::uint64_t check_up_to = 64ULL << 20U;
};

class SqliteStore final : public Store {
 public:
  // Opens the file, makes or migrates its tables. `now` dates migrations.
  // Errors: unavailable, corrupt (damaged, or no database of ours), unsupported (of a newer Likeness).
  [[nodiscard]] static Result<std::unique_ptr<SqliteStore>> open(const SqliteOptions& options, Time now);
  // Puts the log away, so that the one file holds everything.
  ~SqliteStore() override;

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

  Result<void> check() override;
  Result<void> copy_to(const std::filesystem::path& file) override;
  // Takes over what does not go back in time from another store of this schema, in one step: the outbox with its
  // numbers, the access keys, the policies, and the numbers that were given to users. For a store that was restored;
  // `other` is closed, and nobody writes to either meanwhile.
  Result<void> keep_of(const std::filesystem::path& other);

 private:
  SqliteStore(SqliteOptions options, std::unique_ptr<ChecksumVfs> vfs, std::unique_ptr<Connection> writer,
              std::vector<std::unique_ptr<Connection>> readers);

  // Limits, the token, the change, the record: one call of the writer.
  Result<Applied> apply(const Scope& scope, const Mutation& mutation, const Writer::Change& change);

  const SqliteOptions options_;
  std::unique_ptr<ChecksumVfs> vfs_;  // first: the connections were opened through it
  Writer writer_;  // goes after the readers: SQLite puts the log away when the last connection closes
  Readers readers_;
};

}  // namespace likeness::store
