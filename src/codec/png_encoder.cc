#include <png.h>

#include <cstddef>
#include <string>

#include "codec/encode.h"

namespace likeness::codec {

Result<Bytes> encode_png(const Image& image) {
  if (image.empty()) return Error(ErrorKind::invalid_argument, "no picture to encode");
  png_image header = {};
  header.version = PNG_IMAGE_VERSION;
  header.width = static_cast<png_uint_32>(image.width());
  header.height = static_cast<png_uint_32>(image.height());
  header.format = PNG_FORMAT_BGR;
  header.flags = PNG_IMAGE_FLAG_FAST;
  Bytes bytes(PNG_IMAGE_PNG_SIZE_MAX(header));  // room for the worst case, so that one pass will do
  png_alloc_size_t size = bytes.size();
  if (png_image_write_to_memory(&header, bytes.data(), &size, 0, image.bytes().data(), 0, nullptr) == 0) {
    return Error(ErrorKind::internal, std::string("cannot encode a PNG: ") + header.message);
  }
  bytes.resize(size);
  bytes.shrink_to_fit();
  return bytes;
}

}  // namespace likeness::codec
