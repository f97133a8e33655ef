// Any bytes as a line of a CSV file.
#include <cstddef>
#include <cstdint>

#include "evaluate/csv_file.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static_cast<void>(likeness::evaluate::csv_fields({reinterpret_cast<const char*>(data), size}));
  return 0;
}
