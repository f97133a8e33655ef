#include "server/trace_id.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <cstdio>

#include "base/bytes.h"
#include "base/crypto.h"

namespace likeness::server {

namespace {

constexpr std::size_t root_characters = 35;  // 1-8-24
constexpr std::size_t parent_characters = 16;

bool is_hex(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); });
}

bool is_root(std::string_view text) {
  return text.size() == root_characters && text.starts_with("1-") && text[10] == '-' && is_hex(text.substr(2, 8)) &&
         is_hex(text.substr(11));
}

bool is_parent(std::string_view text) { return text.size() == parent_characters && is_hex(text); }

bool is_sampled(std::string_view text) { return text == "0" || text == "1" || text == "?"; }

// Puts one field into `trace`. False if it is wrong or was there before.
bool take_field(TraceId& trace, std::string_view name, std::string_view value) {
  if (name == "Root") {
    if (!trace.root.empty() || !is_root(value)) return false;
    trace.root = value;
  } else if (name == "Parent") {
    if (!trace.parent.empty() || !is_parent(value)) return false;
    trace.parent = value;
  } else if (name == "Sampled") {
    if (trace.sampled || !is_sampled(value)) return false;
    trace.sampled = value.front();
  }
  return !name.empty();
}

}  // namespace

std::string TraceId::text() const {
  std::string header = "Root=" + root;
  if (!parent.empty()) header += ";Parent=" + parent;
  if (sampled) header.append(";Sampled=").push_back(*sampled);
  return header;
}

std::optional<TraceId> parse_trace_id(std::string_view header) {
  if (header.empty() || header.size() > max_trace_header_characters) return std::nullopt;
  TraceId trace;
  for (std::size_t fields = 0; !header.empty(); ++fields) {
    if (fields == max_trace_fields) return std::nullopt;
    const std::size_t end = header.find(';');
    std::string_view field = header.substr(0, end);
    header.remove_prefix(end == std::string_view::npos ? header.size() : end + 1);
    while (field.starts_with(' ')) field.remove_prefix(1);  // some senders write "; "
    const std::size_t equals = field.find('=');
    if (equals == std::string_view::npos) return std::nullopt;
    if (!take_field(trace, field.substr(0, equals), field.substr(equals + 1))) return std::nullopt;
  }
  if (trace.root.empty()) return std::nullopt;
  return trace;
}

TraceId make_trace_id(Time now) {
  std::array<std::uint8_t, 12> random{};
  random_fill(random);
  const auto seconds = std::chrono::floor<std::chrono::seconds>(now).time_since_epoch().count();
  std::array<char, 16> time{};
  (void)std::snprintf(time.data(), time.size(), "%08x", static_cast<unsigned>(static_cast<std::uint32_t>(seconds)));
  return {.root = std::string("1-") + time.data() + "-" + to_hex(random), .parent = {}, .sampled = {}};
}

TraceId trace_id_of(std::string_view header, Time now) {
  std::optional<TraceId> sent = parse_trace_id(header);
  return sent ? *std::move(sent) : make_trace_id(now);
}

}  // namespace likeness::server
