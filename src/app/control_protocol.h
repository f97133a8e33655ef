// What `likeness` and a running server say to each other over DATA/control.sock: one request and one answer on a
// connection, each a frame:
//
//   4 bytes   "LKC1"
//   4 bytes   length of what follows, big-endian; at most max_frame_bytes
//   texts     each a length of 4 bytes and its bytes
//
// A request is a command's name and its arguments, a name and a value each; an answer is "ok" or "failed" and a text.
// Who may connect is settled by the socket (control_socket.h); everything here is bounded all the same.
//
// Thread rule: plain values and free functions.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"

namespace likeness::app {

inline constexpr std::size_t max_frame_bytes =
    std::size_t{4} * 1024 * 1024;  // without its head: a listing of 10,000 keys
inline constexpr std::size_t max_frame_texts = 1024;
inline constexpr std::size_t frame_head_bytes = 8;

struct ControlRequest {
  std::string command;                                        // "keys create"
  std::map<std::string, std::vector<std::string>> arguments;  // values by name, in their order

  // The first value of that name, or empty.
  [[nodiscard]] std::string_view value(std::string_view name) const;
  [[nodiscard]] std::vector<std::string> values(std::string_view name) const;

  bool operator==(const ControlRequest&) const = default;
};

struct ControlAnswer {
  bool ok = false;
  std::string text;  // what to print: the result, or what was wrong and what to do
};

// Frames. Errors of encoding: limit_exceeded (longer than a frame may be).
[[nodiscard]] Result<Bytes> encode(const ControlRequest& request);
[[nodiscard]] Result<Bytes> encode(const ControlAnswer& answer);

// The length of what follows a head of frame_head_bytes. Errors: malformed.
[[nodiscard]] Result<std::size_t> decode_head(ByteSpan head);

// What follows the head. Errors: malformed.
[[nodiscard]] Result<ControlRequest> decode_request(ByteSpan bytes);
[[nodiscard]] Result<ControlAnswer> decode_answer(ByteSpan bytes);

}  // namespace likeness::app
