// Folders of this machine that serve as buckets: a key is a path beneath the folder.
//
// Only regular files are objects. No link is followed, no path leads out (open_beneath.h), and keys are taken as
// object_key.h says. There are no versions. What is put appears whole or not at all, and is on disk when put() returns.
// A hard link to a file elsewhere cannot be told from a file: whoever may write to a bucket's folder decides what is in
// it.
//
// Thread rule: as ObjectStore. Ownership: holds the folders open from create() on; one that is replaced under its name
// is not noticed.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <string>

#include "remote/object_store.h"
#include "remote/open_beneath.h"

namespace likeness::remote {

class FolderObjectStore final : public ObjectStore {
 public:
  // Folders by bucket name. Errors: invalid_argument (a name that no bucket can have), not_found (no such folder),
  // unavailable (it cannot be opened).
  [[nodiscard]] static Result<std::unique_ptr<FolderObjectStore>> create(
      const std::map<std::string, std::filesystem::path>& folders, Resolver resolver = Resolver::automatic);

  [[nodiscard]] bool has_bucket(const std::string& bucket) const { return folders_.contains(bucket); }

  // A version that is asked for is invalid_object: folders keep none.
  [[nodiscard]] Result<ObjectInfo> head(const ObjectId& id) override;
  [[nodiscard]] Result<ObjectInfo> get_to(const ObjectId& id, Sink& sink, const TransferLimits& limits) override;
  // `content_type` is not kept. Folders on the way are made.
  [[nodiscard]] Result<void> put(const ObjectId& id, ByteSpan bytes, std::string_view content_type) override;

 private:
  struct OpenObject {
    FileDescriptor file;
    ObjectInfo info;
  };
  FolderObjectStore(std::map<std::string, FileDescriptor> folders, Resolver resolver)
      : folders_(std::move(folders)), resolver_(resolver) {}
  [[nodiscard]] Result<OpenObject> open(const ObjectId& id) const;

  const std::map<std::string, FileDescriptor> folders_;
  const Resolver resolver_;
};

}  // namespace likeness::remote
