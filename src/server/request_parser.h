// Bytes in, requests out: HTTP/1.0 and 1.1 (RFC 9112) over Boost.Beast's parser, without any socket.
//
// One parser serves one connection, request after request; what comes behind a request (pipelining) is kept for the
// next one:
//
//   read the socket into prepare(), commit(n), then parse_head() until it is done
//   ... decide: set_body_limit(), or discard_body() ...
//   read, commit and parse_body() until it is done; take_body(); next()
//
// Stricter than Beast where two servers could understand one request differently (request smuggling, RFC 9112
// section 11.2): a Transfer-Encoding other than exactly "chunked", one in HTTP/1.0, and HTTP/1.1 without exactly one
// Host are malformed. Trailer fields are read and ignored.
//
// Thread rule: thread-compatible.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "api/http.h"

namespace likeness::server {

class RequestParser {
 public:
  enum class Progress {
    need_more,  // read more bytes from the socket
    done,       // the head, or the body, is complete
    malformed,  // no HTTP, or a head over the limit; problem() says more
    too_large,  // the body is over the limit that was set
  };

  // `max_head_bytes` bounds the request line, and all header fields together, each.
  explicit RequestParser(std::size_t max_head_bytes);
  ~RequestParser();
  RequestParser(const RequestParser&) = delete;
  RequestParser& operator=(const RequestParser&) = delete;

  // Room for the next bytes, never empty; valid until the next call of a method that is not const. Holds at most
  // `max_head_bytes` and 64 KiB that are not parsed yet.
  [[nodiscard]] std::span<char> prepare();
  // The first `count` bytes of the room were filled.
  void commit(std::size_t count);
  // Whether bytes are there that were not parsed.
  [[nodiscard]] bool has_input() const;

  // need_more, done or malformed. After done, the following describe the request; after malformed only what was
  // understood until then is in the head.
  [[nodiscard]] Progress parse_head();
  // `request_id` and `peer` are empty.
  [[nodiscard]] api::RequestHead take_head();
  [[nodiscard]] bool keep_alive() const;
  [[nodiscard]] bool expects_continue() const;                        // Expect: 100-continue
  [[nodiscard]] std::optional<std::uint64_t> content_length() const;  // bytes; empty if chunked or without body
  [[nodiscard]] bool complete() const;                                // head and body are read

  // After parse_head() is done and before parse_body(). A chunk that would exceed the limit is refused by its header.
  // The caller compares content_length() by itself.
  void set_body_limit(std::uint64_t bytes);
  // Drops the rest of the body as it comes, up to `bytes` more, instead of keeping it.
  void discard_body(std::uint64_t bytes);
  [[nodiscard]] Progress parse_body();
  [[nodiscard]] std::uint64_t body_bytes() const;  // received so far, dropped ones included
  [[nodiscard]] std::string take_body();

  // Forgets the request, keeps the bytes that follow it. Precondition: complete().
  void next();

  // What was malformed, for a person; at most 100 characters.
  [[nodiscard]] const std::string& problem() const { return problem_; }

 private:
  struct State;
  [[nodiscard]] Progress fail(std::string problem);
  [[nodiscard]] Progress check_head();

  const std::size_t max_head_bytes_;
  std::unique_ptr<State> state_;
  std::string problem_;
};

}  // namespace likeness::server
