#include "policy/date.h"

#include <algorithm>
#include <charconv>
#include <cstdint>

namespace likeness::policy {

namespace {

constexpr std::int64_t last_second = 253'402'300'799;  // of the year 9999
constexpr int first_year = 1970;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Takes exactly `digits` digits off the front.
std::optional<int> take_number(std::string_view& text, std::size_t digits) {
  if (text.size() < digits ||
      !std::all_of(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(digits), is_digit)) {
    return std::nullopt;
  }
  int value = 0;
  std::from_chars(text.data(), text.data() + digits, value);
  text.remove_prefix(digits);
  return value;
}

bool take(std::string_view& text, char expected) {
  if (!text.starts_with(expected)) return false;
  text.remove_prefix(1);
  return true;
}

// "04:05", in minutes.
std::optional<std::chrono::minutes> take_minutes(std::string_view& text) {
  const std::optional<int> hour = take_number(text, 2);
  if (!hour || *hour > 23 || !take(text, ':')) return std::nullopt;
  const std::optional<int> minute = take_number(text, 2);
  if (!minute || *minute > 59) return std::nullopt;
  return std::chrono::hours(*hour) + std::chrono::minutes(*minute);
}

// ":06.789", which may be missing whole or from the full stop on.
std::optional<Micros> take_seconds(std::string_view& text) {
  if (!take(text, ':')) return Micros(0);
  const std::optional<int> second = take_number(text, 2);
  if (!second || *second > 59) return std::nullopt;
  Micros result = std::chrono::seconds(*second);
  if (!take(text, '.')) return result;
  if (text.empty() || !is_digit(text.front())) return std::nullopt;
  Micros unit = std::chrono::milliseconds(100);
  while (!text.empty() && is_digit(text.front())) {
    result += unit * (text.front() - '0');
    unit /= 10;
    text.remove_prefix(1);
  }
  return result;
}

// "Z", "+01:00", "-05:30": how far local time is ahead of UTC.
std::optional<std::chrono::minutes> take_zone(std::string_view& text) {
  if (take(text, 'Z')) return std::chrono::minutes(0);
  const bool behind = text.starts_with('-');
  if (!behind && !text.starts_with('+')) return std::nullopt;
  text.remove_prefix(1);
  const std::optional<std::chrono::minutes> offset = take_minutes(text);
  if (!offset) return std::nullopt;
  return behind ? -*offset : *offset;
}

std::optional<Time> parse_seconds(std::string_view text) {
  std::int64_t seconds = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  if (error != std::errc() || end != text.data() + text.size() || seconds < 0 || seconds > last_second) {
    return std::nullopt;
  }
  return Time(std::chrono::seconds(seconds));
}

std::optional<Time> take_day(std::string_view& text) {
  const std::optional<int> year = take_number(text, 4);
  if (!year || *year < first_year || !take(text, '-')) return std::nullopt;
  const std::optional<int> month = take_number(text, 2);
  if (!month || !take(text, '-')) return std::nullopt;
  const std::optional<int> day = take_number(text, 2);
  if (!day) return std::nullopt;
  const std::chrono::year_month_day date(std::chrono::year(*year), std::chrono::month(static_cast<unsigned>(*month)),
                                         std::chrono::day(static_cast<unsigned>(*day)));
  if (!date.ok()) return std::nullopt;
  return Time(std::chrono::sys_days(date));
}

}  // namespace

std::optional<Time> parse_date(std::string_view text) {
  if (!text.empty() && std::ranges::all_of(text, is_digit)) return parse_seconds(text);
  const std::optional<Time> day = take_day(text);
  if (!day || text.empty()) return day;
  if (!take(text, 'T')) return std::nullopt;
  const std::optional<std::chrono::minutes> minutes = take_minutes(text);
  if (!minutes) return std::nullopt;
  const std::optional<Micros> seconds = take_seconds(text);
  if (!seconds) return std::nullopt;
  const std::optional<std::chrono::minutes> zone = take_zone(text);
  if (!zone || !text.empty()) return std::nullopt;
  return *day + *minutes + *seconds - *zone;
}

}  // namespace likeness::policy
