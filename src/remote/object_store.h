// Objects in buckets, wherever they are: an S3-compatible endpoint, Amazon S3 itself, or folders of this machine.
//
// Errors of every method, by kind:
//   not_found         there is no such bucket, object or version
//   access_denied     the store does not give it to us: no permission, another region's bucket, a version it cannot
//   read invalid_object    the names can name nothing in this store overloaded        the store asks for patience, or
//   there is no memory; trying again later helps unavailable       the store did not answer, or its answer was broken;
//   the message is for the log
// and of get() and get_to(), `limits.too_large`: the object is larger than `limits.max_bytes`. What is announced is
// compared before the first byte is taken, and what comes is counted.
//
// Thread rule: all methods may be called from any thread, at the same time. They block, at most for `limits.deadline`
// (network stores) or as long as the file system does (folders).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"
#include "remote/http_client.h"
#include "remote/sink.h"

namespace likeness::remote {

struct ObjectId {
  std::string bucket;   // any bytes: an implementation checks them
  std::string key;      // any bytes
  std::string version;  // empty: the newest
};

struct ObjectInfo {
  std::uint64_t size = 0;
  std::string etag;     // as the store writes it, with its quotes; empty if it has none
  std::string version;  // empty if the store keeps none
};

class ObjectStore {
 public:
  ObjectStore() = default;
  ObjectStore(const ObjectStore&) = delete;
  ObjectStore& operator=(const ObjectStore&) = delete;
  virtual ~ObjectStore() = default;

  [[nodiscard]] virtual Result<ObjectInfo> head(const ObjectId& id) = 0;
  // Into a sink, which holds a part of the object if the result is an error.
  [[nodiscard]] virtual Result<ObjectInfo> get_to(const ObjectId& id, Sink& sink, const TransferLimits& limits) = 0;
  // A new object, or a new version of one, under `id`, whose version must be empty.
  [[nodiscard]] virtual Result<void> put(const ObjectId& id, ByteSpan bytes, std::string_view content_type) = 0;

  // Into memory.
  [[nodiscard]] Result<Bytes> get(const ObjectId& id, const TransferLimits& limits) {
    BytesSink sink;
    TRY(get_to(id, sink, limits));
    return sink.take();
  }
};

}  // namespace likeness::remote
