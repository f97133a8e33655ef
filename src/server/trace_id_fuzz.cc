// Fuzzes the reader of X-Amzn-Trace-Id. Whatever the header says, what goes on is of a known form and length and reads
// back as itself.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>

#include "server/trace_id.h"

namespace {

void require(bool condition) {
  if (!condition) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace likeness;  // NOLINT(google-build-using-namespace): a program of one file
  const std::string_view header(reinterpret_cast<const char*>(data), size);
  const std::optional<server::TraceId> trace = server::parse_trace_id(header);
  if (!trace) return 0;
  const std::string text = trace->text();
  require(text.size() <= 82 && text.find_first_not_of("Root=;ParenSmpld?-0123456789abcdefABCDEF") == std::string::npos);
  require(header.find(trace->root) != std::string_view::npos);
  require(server::parse_trace_id(text) == trace);
  return 0;
}
