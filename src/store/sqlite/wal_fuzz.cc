// Fuzzes the look through a write-ahead log, which a damaged disk may have filled with anything: whatever it says,
// nothing may crash, and it is either in order or corrupt.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <sstream>
#include <string>

#include "store/sqlite/wal_check.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::istringstream log(std::string(reinterpret_cast<const char*>(data), size));
  const likeness::Result<void> result = likeness::store::check_wal(log, "log");
  if (!result.ok() && result.error().kind != likeness::ErrorKind::corrupt) std::abort();
  return 0;
}
