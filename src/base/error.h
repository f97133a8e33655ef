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
  invalid_argument,      // the request asks for something that cannot be: a value out of range, no face in a picture
  malformed,             // the bytes do not parse: no JSON, or a member of the wrong JSON type
  invalid_image,         // the bytes are no picture of a supported format, or are damaged
  invalid_object,        // an object that the request names cannot be had from the object store
  image_too_large,       // more bytes or pixels than the limits allow
  video_too_large,       // more bytes or a longer video than the limits allow
  invalid_token,         // the token of a next page is not ours, was altered, is too old or belongs to another list
  not_found,             // the named thing does not exist
  already_exists,        // the named thing exists
  conflict,              // the change contradicts the state of what it changes
  resource_in_use,       // the named thing is busy with, or needed by, something else
  resource_not_ready,    // the named thing exists and cannot be used yet
  idempotency_mismatch,  // a token that stands for one request came with another
  access_denied,         // the caller may not do this
  overloaded,            // refused at once because a queue or budget is full; trying again later helps
  rate_exceeded,         // refused because this caller asks too often; trying again later helps
  limit_exceeded,        // too many at the same time (jobs that run); trying again helps when some have ended
  service_quota,         // a quota of what is kept is used up; trying again does not help
  unsupported,           // understood, but this build does not do it
  corrupt,               // stored or shipped data does not match its checksum or format
  unavailable,           // a file, device or service did not answer
  internal,              // a defect of ours
};

// Of the kinds above, in their order; the last one is internal.
inline constexpr int error_kind_count = static_cast<int>(ErrorKind::internal) + 1;

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
