#include "api/image_input.h"

#include <string>
#include <utility>

#include "codec/decode.h"

namespace likeness::api {

Result<likeness::Image> read_image(const wire::Image& input, const char* member) {
  if (input.bytes.has_value() == input.s3_object.has_value()) {
    return Error(ErrorKind::invalid_argument, std::string("Request has invalid parameters: '") + member +
                                                  "' needs either Bytes or S3Object, and not both");
  }
  if (input.s3_object) {
    return Error(ErrorKind::invalid_object,
                 std::string("Request has invalid S3 object: '") + member +
                     "' names an S3 object, and this server reads no object store yet; send the picture in Bytes");
  }
  codec::Decoded decoded = TRY(codec::decode(*input.bytes, {.enough_long_side = enough_long_side}));
  return std::move(decoded.image);
}

}  // namespace likeness::api
