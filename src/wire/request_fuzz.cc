// Request bodies of all operations. The first byte chooses the operation, the rest is the body. Beyond not crashing:
// what is understood and written again is understood again, and written the same.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "wire/message.h"
#include "wire/rekognition/operations.h"
#include "wire/schema.h"

namespace wire = likeness::wire;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const wire::Operation operation = wire::all_operations()[data[0] % wire::operation_count];
  const std::string_view body(reinterpret_cast<const char*>(data) + 1, size - 1);

  const wire::Shape& shape = wire::request_shape(operation);
  const wire::AnyStructure request = shape.make();
  if (!wire::parse_into(shape, request.get(), body).ok()) return 0;
  const std::string written = wire::to_json(shape, request.get());
  const wire::AnyStructure again = shape.make();
  if (!wire::parse_into(shape, again.get(), written).ok()) std::abort();
  if (wire::to_json(shape, again.get()) != written) std::abort();
  return 0;
}
