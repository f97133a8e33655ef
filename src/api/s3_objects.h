// The objects that requests name (Bucket, Name, Version), fetched from the configured object store within the limits of
// Rekognition, with AWS's answers where they cannot be had.
//
// A request that waits for the store steps aside in the compute pool, so another runs on its processor; when as many as
// may are aside, it is refused as overloaded. Bounds: with A tasks that may be aside and T threads, (A + T) times the
// largest object in memory (twice that while a comparison fetches its second), and the deadline for each object.
//
// Thread rule: fetch_picture() on a task of the pool, any number at a time. Ownership: store and pool outlive it.
#pragma once

#include <cstdint>

#include "base/bytes.h"
#include "base/result.h"
#include "base/thread_pool.h"
#include "remote/object_store.h"
#include "wire/rekognition/shared.h"

namespace likeness::api {

// "15 MB" in Amazon's limits; as their "5 MB" for Bytes is 5,242,880 in the service description, MB means MiB there.
inline constexpr std::uint64_t max_picture_bytes = std::uint64_t{15} * 1024 * 1024;
// A sixth of the minute that SDKs wait for an answer by default; a picture at 1.5 MB a second, retries included.
inline constexpr Micros fetch_deadline = std::chrono::seconds(10);

class S3Objects {
 public:
  S3Objects(remote::ObjectStore& store, ThreadPool& pool) : store_(store), pool_(pool) {}

  // Errors: invalid_object (Bucket or Name is missing; there is no such object, or the store denies it, which are not
  // told apart, as AWS does not), image_too_large, overloaded (too many wait for the store, or it asks for patience),
  // unavailable (it did not answer: an internal error to the client, which SDKs retry).
  [[nodiscard]] Result<Bytes> fetch_picture(const wire::S3Object& object);

 private:
  remote::ObjectStore& store_;  // thread-safe
  ThreadPool& pool_;            // thread-safe
};

}  // namespace likeness::api
