// Fuzzes the parser that reads what comes from a socket, as a connection uses it: requests one after another until
// the input ends, each body kept or, if its path says so, discarded. Read byte by byte or at once, the requests must be
// the same. Only where an input stops being HTTP may differ: Beast looks at a head that comes in pieces when its end is
// there, and at one that comes at once immediately.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "server/request_parser.h"

namespace {

using likeness::server::RequestParser;
using Progress = RequestParser::Progress;

constexpr std::size_t max_head_bytes = 512;
constexpr std::uint64_t max_body_bytes = 4096;

struct Understood {
  std::vector<std::string> requests;  // heads and bodies, in a form that can be compared
  bool refused = false;               // the rest of the input is not to be looked at
};

Understood requests_in(std::string_view input, std::size_t piece) {
  Understood understood;
  RequestParser parser(max_head_bytes);
  bool in_body = false;
  for (;;) {
    const Progress progress = in_body ? parser.parse_body() : parser.parse_head();
    if (progress == Progress::malformed || progress == Progress::too_large) {
      understood.refused = true;
      return understood;
    }
    if (progress == Progress::need_more) {
      if (input.empty()) return understood;
      const std::span<char> room = parser.prepare();
      const std::size_t count = std::min({room.size(), piece, input.size()});
      std::copy_n(input.begin(), count, room.begin());
      input.remove_prefix(count);
      parser.commit(count);
    } else if (!in_body) {
      const auto head = parser.take_head();
      if (parser.content_length().value_or(0) > max_body_bytes) return understood;
      parser.set_body_limit(max_body_bytes);
      if (head.target == "/discard") parser.discard_body(max_body_bytes);
      understood.requests.push_back(head.method + " " + head.target);
      for (const auto& header : head.headers) understood.requests.push_back(header.name + ": " + header.value);
      in_body = true;
    } else {
      if (parser.body_bytes() > max_body_bytes) std::abort();
      understood.requests.push_back(parser.take_body());
      parser.next();
      in_body = false;
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const Understood in_pieces = requests_in(input, 1);
  const Understood at_once = requests_in(input, size + 1);
  const bool comparable = !in_pieces.refused && !at_once.refused;
  if (comparable && in_pieces.requests != at_once.requests) std::abort();
  return 0;
}
