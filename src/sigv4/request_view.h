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

// How a service puts the path into the canonical request.
enum class PathForm {
  normalized,  // dot and empty segments resolved, then encoded a second time: every service but Amazon S3
  as_sent,     // Amazon S3: an object's key may hold such segments, and the path is encoded once, by its sender
};

struct RequestView {
  std::string_view method;              // "POST"
  std::string_view target;              // path and query as on the request line, still percent-encoded
  std::span<const HeaderView> headers;  // in the order of the request; names may repeat
  PathForm path_form = PathForm::normalized;
};

}  // namespace likeness::sigv4
