#include "remote/create_object_store.h"

#include <utility>

#include "remote/folder_object_store.h"

namespace likeness::remote {

namespace {

class BucketRouter final : public ObjectStore {
 public:
  BucketRouter(std::unique_ptr<FolderObjectStore> folders, std::unique_ptr<S3ObjectStore> s3)
      : folders_(std::move(folders)), s3_(std::move(s3)) {}

  [[nodiscard]] Result<ObjectInfo> head(const ObjectId& id) override { return store_of(id).head(id); }

  [[nodiscard]] Result<ObjectInfo> get_to(const ObjectId& id, Sink& sink, const TransferLimits& limits) override {
    return store_of(id).get_to(id, sink, limits);
  }

  [[nodiscard]] Result<void> put(const ObjectId& id, ByteSpan bytes, std::string_view content_type) override {
    return store_of(id).put(id, bytes, content_type);
  }

 private:
  // Without an endpoint the folders answer for the buckets that they have not, too.
  [[nodiscard]] ObjectStore& store_of(const ObjectId& id) const {
    if (s3_ == nullptr || folders_->has_bucket(id.bucket)) return *folders_;
    return *s3_;
  }

  const std::unique_ptr<FolderObjectStore> folders_;
  const std::unique_ptr<S3ObjectStore> s3_;  // may be null
};

}  // namespace

Result<std::unique_ptr<ObjectStore>> create_object_store(const ObjectStoreOptions& options, const Clock& clock,
                                                         Pacer& pacer, Logger& log) {
  if (options.folders.empty() && !options.s3) return std::unique_ptr<ObjectStore>();
  std::unique_ptr<FolderObjectStore> folders = TRY(FolderObjectStore::create(options.folders));
  std::unique_ptr<S3ObjectStore> s3;
  if (options.s3) s3 = TRY(S3ObjectStore::create(*options.s3, clock, pacer, log));
  return std::unique_ptr<ObjectStore>(std::make_unique<BucketRouter>(std::move(folders), std::move(s3)));
}

}  // namespace likeness::remote
