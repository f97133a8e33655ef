// Requests from JSON and responses to JSON: what operations use of this room, besides the generated types.
//
//   #include "wire/rekognition/detect_faces.h"
//
//   const wire::DetectFacesRequest request = TRY(wire::parse<wire::DetectFacesRequest>(body));
//   wire::DetectFacesResponse response;
//   wire::FaceDetail& face = response.face_details.emplace().emplace_back();
//   face.bounding_box = wire::BoundingBox{.width = 0.25F, .height = 0.5F, .left = 0.1F, .top = 0.2F};
//   return wire::to_json(response);
//
// Thread rule: free functions, callable from any thread.
#pragma once

#include <concepts>
#include <functional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace likeness::wire {

struct Shape;  // schema.h

// A generated request or response type.
template <typename T>
concept Message = requires {
  { T::shape() } -> std::same_as<const Shape&>;
};

// Looks at a message that was read and whose constraints were not checked yet, and may refuse it: whether its sender
// may ask this at all comes before what is wrong with the question.
using Inspect = std::function<Result<void>(const void* message)>;

// Reads `body` into `message`, an empty structure of that shape, lets `inspect` look, and checks every constraint.
// Errors: malformed (what json_reader.h refuses), those of `inspect`, invalid_argument (a violated constraint, in the
// words of validation.h; or more list elements than json_reader.h allows).
[[nodiscard]] Result<void> parse_into(const Shape& shape, void* message, std::string_view body, const Inspect& inspect);
[[nodiscard]] Result<void> parse_into(const Shape& shape, void* message, std::string_view body);

// The JSON text of `message`, a structure of that shape. See json_writer.h.
[[nodiscard]] std::string to_json(const Shape& shape, const void* message);

// A request from the body it came in. Required members are present and all others may be absent. Errors: parse_into().
template <Message T>
[[nodiscard]] Result<T> parse(std::string_view body) {
  T message;
  TRY(parse_into(T::shape(), &message, body));
  return message;
}
template <Message T>
[[nodiscard]] Result<T> parse(std::string_view body, const Inspect& inspect) {
  T message;
  TRY(parse_into(T::shape(), &message, body, inspect));
  return message;
}

// The JSON text of a response. Members that are absent are left out.
template <Message T>
[[nodiscard]] std::string to_json(const T& message) {
  return to_json(T::shape(), &message);
}

}  // namespace likeness::wire
