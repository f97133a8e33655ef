// What a request or an answer says, as an audit record may hold it: the members that the service description knows,
// under CloudTrail's names ("image", "s3Object"), without pictures, and short.
//
// A blob becomes {"bytes":N}, its size. Text is cut after max_audit_text characters, lists after max_audit_elements
// elements; if there is still more than max_audit_parameters bytes, nothing of it is kept. The body is read once, as a
// stream: a picture in it is neither decoded nor copied.
//
// Thread rule: a free function, callable from any thread.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace likeness::wire {
struct Shape;  // wire/schema.h
}  // namespace likeness::wire

namespace likeness::api {

inline constexpr std::size_t max_audit_text = 256;      // ids and names are shorter; ARNs are cut at twice their length
inline constexpr std::size_t max_audit_elements = 100;  // DeleteFaces takes 4096 ids
inline constexpr std::size_t max_audit_parameters = 16384;  // CloudTrail's own limit is 100 KB

// JSON: an object, or "null" if the body is no object of that shape.
[[nodiscard]] std::string audit_parameters(const wire::Shape& shape, std::string_view body);

}  // namespace likeness::api
