#include "base/time.h"

#include <array>
#include <charconv>
#include <cstdio>

namespace likeness {

namespace {

struct Fields {
  int year;
  unsigned month;
  unsigned day;
  int hour;
  int minute;
  int second;
  int micros;
};

Fields split(Time time) {
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss<Micros> clock(time - day);
  return {int(date.year()),
          unsigned(date.month()),
          unsigned(date.day()),
          static_cast<int>(clock.hours().count()),
          static_cast<int>(clock.minutes().count()),
          static_cast<int>(clock.seconds().count()),
          static_cast<int>(clock.subseconds().count())};
}

std::optional<int> digits(std::string_view text) {
  int value = 0;
  for (const char character : text) {
    if (character < '0' || character > '9') return std::nullopt;
    value = value * 10 + (character - '0');
  }
  return value;
}

}  // namespace

Time SystemClock::now() const { return std::chrono::floor<Micros>(std::chrono::system_clock::now()); }

std::string format_iso8601_basic(Time time) {
  const Fields f = split(time);
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), "%04d%02u%02uT%02d%02d%02dZ", f.year, f.month, f.day, f.hour, f.minute,
                f.second);
  return text.data();
}

std::string format_rfc3339(Time time) {
  const Fields f = split(time);
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), "%04d-%02u-%02uT%02d:%02d:%02d.%06dZ", f.year, f.month, f.day, f.hour,
                f.minute, f.second, f.micros);
  return text.data();
}

std::optional<Time> parse_iso8601_basic(std::string_view text) {
  if (text.size() != 16 || text[8] != 'T' || text[15] != 'Z') return std::nullopt;
  const auto year = digits(text.substr(0, 4));
  const auto month = digits(text.substr(4, 2));
  const auto day = digits(text.substr(6, 2));
  const auto hour = digits(text.substr(9, 2));
  const auto minute = digits(text.substr(11, 2));
  const auto second = digits(text.substr(13, 2));
  if (!year || !month || !day || !hour || !minute || !second) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(*year), std::chrono::month(static_cast<unsigned>(*month)),
                                         std::chrono::day(static_cast<unsigned>(*day))};
  if (!date.ok() || *hour > 23 || *minute > 59 || *second > 59) return std::nullopt;
  return Time(std::chrono::sys_days(date)) + std::chrono::hours(*hour) + std::chrono::minutes(*minute) +
         std::chrono::seconds(*second);
}

}  // namespace likeness
