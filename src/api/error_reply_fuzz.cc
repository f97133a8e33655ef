// Any bytes as the body of an error that a server answered with.
#include <cstddef>
#include <cstdint>

#include "api/error_reply.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static_cast<void>(likeness::api::error_of_reply(400, {reinterpret_cast<const char*>(data), size}));
  return 0;
}
