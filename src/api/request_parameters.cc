#include "api/request_parameters.h"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "wire/schema.h"

namespace likeness::api {

Digest consume_parameters(const wire::Shape& shape, void* request) {
  static constexpr std::array<std::string_view, 3> of_the_call = {"ClientRequestToken", "NextToken", "MaxResults"};
  for (const wire::Member& member : shape.members) {
    if (std::find(of_the_call.begin(), of_the_call.end(), member.name) != of_the_call.end()) member.reset(request);
  }
  return sha256(as_bytes(wire::to_json(shape, request)));
}

}  // namespace likeness::api
