// X-Amzn-Trace-Id: the id that follows a piece of work through all services that have a part in it.
//
// The form is that of AWS X-Ray ("Tracing header"): fields "Name=value" with semicolons between them.
//   Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1
// Root is version 1, the time in seconds and 96 random bits; Parent is 64 bits; Sampled is 0, 1 or '?'. Other fields
// (Self, Lineage, an application's own) are allowed and not kept, so that what goes on into logs, records, answers and
// calls to other services has a known form and length.
//
// Thread rule: free functions on values, callable from any thread.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "base/time.h"

namespace likeness::server {

inline constexpr std::size_t max_trace_header_characters = 512;  // AWS's own are up to some 100
inline constexpr std::size_t max_trace_fields = 16;

struct TraceId {
  std::string root;             // "1-5759e988-bd862e3fe1be46a994272793"
  std::string parent;           // 16 hexadecimal digits, or empty
  std::optional<char> sampled;  // '0', '1' or '?'

  // The header's value, at most 82 characters.
  [[nodiscard]] std::string text() const;

  friend bool operator==(const TraceId&, const TraceId&) = default;
};

// Nothing if any part of it is wrong: an id that we cannot read whole is none.
[[nodiscard]] std::optional<TraceId> parse_trace_id(std::string_view header);

// A fresh Root, and nothing else.
[[nodiscard]] TraceId make_trace_id(Time now);

// What the client sent, or a fresh one.
[[nodiscard]] TraceId trace_id_of(std::string_view header, Time now);

}  // namespace likeness::server
