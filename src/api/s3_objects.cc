#include "api/s3_objects.h"

#include <optional>
#include <string>
#include <utility>

namespace likeness::api {

namespace {

// With AWS's messages. Source: Amazon Rekognition Developer Guide, "Error handling".
Error error_of(const Error& error) {
  switch (error.kind) {
    case ErrorKind::not_found:
    case ErrorKind::access_denied:
      return {ErrorKind::invalid_object,
              "Unable to get object metadata from S3. Check object key, region and/or access permissions."};
    case ErrorKind::invalid_object:
      return {ErrorKind::invalid_object, "Request has invalid S3 object: " + error.message};
    case ErrorKind::image_too_large:
      return {ErrorKind::image_too_large,
              "Image size is too large: an object may have " + std::to_string(max_picture_bytes) + " bytes"};
    default: return error;
  }
}

}  // namespace

Result<Bytes> S3Objects::fetch_picture(const wire::S3Object& object) {
  if (!object.bucket || !object.name) {
    return Error(ErrorKind::invalid_object, "Request has invalid S3 object: Bucket and Name are both needed");
  }
  const remote::ObjectId id{.bucket = *object.bucket, .key = *object.name, .version = object.version.value_or("")};
  const std::optional<ThreadPool::Aside> aside = pool_.try_step_aside(AsideFor::network);
  if (!aside) return Error(ErrorKind::overloaded, "too many requests wait for the object store; try again later");
  Result<Bytes> bytes = store_.get(id, {.max_bytes = max_picture_bytes, .deadline = fetch_deadline});
  if (!bytes.ok()) return error_of(bytes.error());
  return bytes;
}

}  // namespace likeness::api
