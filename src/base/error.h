// What can go wrong, as a value.
//
// An Error is a kind, of which there are few, and a message for the person who must act on it: what was
// wrong, and what to do. The kind decides how a caller reacts and, through the table in api/error_table.cc,
// what a client sees; call sites do not invent kinds.
//
// Thread rule: a plain value.
#pragma once

#include <string>
#include <utility>

namespace likeness {

enum class ErrorKind {
  invalid_argument,  // the request asks for something that cannot be: a value out of range, no face in a picture
  malformed,         // the bytes do not parse: no JSON, or a member of the wrong JSON type
  invalid_image,     // the bytes are no picture of a supported format, or are damaged
  invalid_object,    // an object that the request names cannot be had from the object store
  image_too_large,   // more bytes or pixels than the limits allow
  video_too_large,   // a stored video of more bytes than the limits allow
  not_found,         // the named thing does not exist
  already_exists,    // the named thing exists
  access_denied,     // the caller may not do this
  overloaded,        // refused at once because a queue or budget is full; trying again later helps
  limit_exceeded,    // a quota is used up; trying again later does not help
  unsupported,       // understood, but this build does not do it
  corrupt,           // stored or shipped data does not match its checksum or format
  unavailable,       // a file, device or service did not answer
  internal,          // a defect of ours
};

// The name of a kind in logs and metric labels, for example "invalid_image".
[[nodiscard]] const char* error_kind_name(ErrorKind kind);

struct [[nodiscard]] Error {
  ErrorKind kind = ErrorKind::internal;
  std::string message;

  Error(ErrorKind error_kind, std::string text) : kind(error_kind), message(std::move(text)) {}

  // The same error with the place it came from in front: "models/yunet.toml: sha256 does not match".
  [[nodiscard]] Error within(const std::string& context) const { return {kind, context + ": " + message}; }
};

}  // namespace likeness
