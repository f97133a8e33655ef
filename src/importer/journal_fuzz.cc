// Any bytes as a line of an import's state file.
#include <cstddef>
#include <cstdint>

#include "importer/journal.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static_cast<void>(likeness::importer::parse_journal_line({reinterpret_cast<const char*>(data), size}));
  return 0;
}
