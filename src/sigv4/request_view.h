// What a signature covers of a request, without its body: views of characters that the caller keeps.
//
// Thread rule: plain values; valid as long as the characters they point to.
#pragma once

#include <span>
#include <string_view>

namespace likeness::sigv4 {

struct HeaderView {
  std::string_view name;   // any case
  std::string_view value;  // white space around and inside it does not matter
};

struct RequestView {
  std::string_view method;              // "POST"
  std::string_view target;              // path and query as on the request line, still percent-encoded
  std::span<const HeaderView> headers;  // in the order of the request; names may repeat
};

}  // namespace likeness::sigv4
