#include "api/image_input.h"

#include <string>
#include <utility>

#include "api/s3_objects.h"
#include "codec/decode.h"

namespace likeness::api {

Result<PictureBytes> fetch_picture(const wire::Image& input, const char* member, const Services& services) {
  if (input.bytes.has_value() == input.s3_object.has_value()) {
    return Error(ErrorKind::invalid_argument, std::string("Request has invalid parameters: '") + member +
                                                  "' needs either Bytes or S3Object, and not both");
  }
  PictureBytes picture;
  if (input.bytes) {
    picture.of_request = *input.bytes;
    return picture;
  }
  if (services.objects == nullptr) {
    return Error(ErrorKind::invalid_object,
                 std::string("Request has invalid S3 object: '") + member +
                     "' names one, and no object store is configured on this server; send the picture in Bytes");
  }
  picture.fetched = TRY(services.objects->fetch_picture(*input.s3_object));
  return picture;
}

Result<likeness::Image> decode_picture(const PictureBytes& picture) {
  codec::Decoded decoded = TRY(codec::decode(picture.bytes(), {.enough_long_side = enough_long_side}));
  return std::move(decoded.image);
}

Result<likeness::Image> read_image(const wire::Image& input, const char* member, const Services& services) {
  const PictureBytes picture = TRY(fetch_picture(input, member, services));
  return decode_picture(picture);
}

}  // namespace likeness::api
