// libjpeg reports errors by longjmp. All of them land in compress(), which owns nothing with a destructor.
#include <csetjmp>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "codec/encode.h"
#include "codec/jpeg_library.h"

namespace likeness::codec {
namespace {

struct Writer {
  Writer() = default;
  ~Writer() {
    jpeg_destroy_compress(&info);
    std::free(bytes);  // jpeg_mem_dest's, by malloc
  }
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;

  jpeg_compress_struct info = {};
  jpeg_error_mgr errors = {};
  std::jmp_buf escape = {};
  char message[JMSG_LENGTH_MAX] = {};
  unsigned char* bytes = nullptr;
  unsigned long size = 0;
};

[[noreturn]] void leave(j_common_ptr info) {
  auto& writer = *static_cast<Writer*>(info->client_data);
  info->err->format_message(info, writer.message);
  std::longjmp(writer.escape, 1);
}

bool compress(Writer& writer, const Image& image, int quality) {
  if (setjmp(writer.escape) != 0) return false;
  jpeg_compress_struct& info = writer.info;
  jpeg_create_compress(&info);
  jpeg_mem_dest(&info, &writer.bytes, &writer.size);
  info.image_width = static_cast<JDIMENSION>(image.width());
  info.image_height = static_cast<JDIMENSION>(image.height());
  info.input_components = Image::channels;
  info.in_color_space = JCS_EXT_BGR;
  jpeg_set_defaults(&info);
  jpeg_set_quality(&info, quality, TRUE);
  jpeg_start_compress(&info, TRUE);
  while (info.next_scanline < info.image_height) {
    // libjpeg's type lacks the const that it keeps.
    JSAMPROW row = const_cast<JSAMPROW>(image.row(static_cast<int>(info.next_scanline)));
    jpeg_write_scanlines(&info, &row, 1);
  }
  jpeg_finish_compress(&info);
  return true;
}

}  // namespace

Result<Bytes> encode_jpeg(const Image& image, int quality) {
  if (image.empty()) return Error(ErrorKind::invalid_argument, "no picture to encode");
  if (image.width() > JPEG_MAX_DIMENSION || image.height() > JPEG_MAX_DIMENSION) {
    return Error(ErrorKind::invalid_argument, "a JPEG has at most 65500 pixels a side; encode a PNG");
  }
  Writer writer;
  writer.info.err = jpeg_std_error(&writer.errors);
  writer.info.client_data = &writer;
  writer.errors.error_exit = leave;
  if (!compress(writer, image, quality)) {
    return Error(ErrorKind::internal, std::string("cannot encode a JPEG: ") + writer.message);
  }
  return Bytes(writer.bytes, writer.bytes + writer.size);
}

}  // namespace likeness::codec
