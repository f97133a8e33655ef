#include "server/response_head.h"

#include <algorithm>
#include <array>
#include <boost/beast/http/status.hpp>
#include <chrono>
#include <cstdio>

namespace likeness::server {

namespace {

// RFC 9110 section 5.6.2.
bool is_token(std::string_view text) {
  constexpr std::string_view symbols = "!#$%&'*+-.^_`|~";
  const auto in_token = [&](char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
           symbols.find(c) != std::string_view::npos;
  };
  return !text.empty() && std::all_of(text.begin(), text.end(), in_token);
}

// RFC 9110 section 5.5.
bool is_field_value(std::string_view text) {
  const auto allowed = [](char c) { return (static_cast<unsigned char>(c) >= 0x20 && c != 0x7F) || c == '\t'; };
  return std::all_of(text.begin(), text.end(), allowed);
}

void append_field(std::string& out, std::string_view name, std::string_view value) {
  if (!is_token(name) || !is_field_value(value)) return;
  out.append(name).append(": ").append(value).append("\r\n");
}

// RFC 9110 section 5.6.7: "Tue, 03 Feb 2026 04:05:06 GMT".
std::string http_date(Time time) {
  constexpr std::array<const char*, 7> weekdays = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr std::array<const char*, 12> months = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                  "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss<std::chrono::seconds> clock(std::chrono::floor<std::chrono::seconds>(time - day));
  std::array<char, 64> text{};
  (void)std::snprintf(text.data(), text.size(), "%s, %02u %s %04d %02d:%02d:%02d GMT",
                      weekdays[std::chrono::weekday(day).c_encoding()], unsigned(date.day()),
                      months[unsigned(date.month()) - 1], int(date.year()), static_cast<int>(clock.hours().count()),
                      static_cast<int>(clock.minutes().count()), static_cast<int>(clock.seconds().count()));
  return text.data();
}

}  // namespace

std::string response_head(const api::Response& response, std::string_view request_id, bool keep_alive, Time now) {
  const auto status = boost::beast::http::int_to_status(static_cast<unsigned>(response.status));
  const auto reason = boost::beast::http::obsolete_reason(status);
  std::string head = "HTTP/1.1 " + std::to_string(response.status) + " ";
  head.append(reason.data(), reason.size()).append("\r\n");
  append_field(head, "Date", http_date(now));
  append_field(head, "Content-Type", response.content_type);
  append_field(head, "Content-Length", std::to_string(response.body.size()));
  append_field(head, "Connection", keep_alive ? "keep-alive" : "close");
  append_field(head, "x-amzn-RequestId", request_id);
  for (const api::Header& header : response.headers) append_field(head, header.name, header.value);
  head.append("\r\n");
  return head;
}

}  // namespace likeness::server
