// Fuzzes what is read of an error document: any bytes, and what comes out is a short word of the input.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "remote/s3_error_code.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view document(reinterpret_cast<const char*>(data), size);
  const std::string_view code = likeness::remote::s3_error_code(document);
  if (code.size() > 64) std::abort();
  for (const char c : code) {
    if ((c < '0' || c > '9') && (c < 'A' || c > 'Z') && (c < 'a' || c > 'z')) std::abort();
  }
  return 0;
}
