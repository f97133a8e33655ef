#include "base/log.h"

#include <spdlog/sinks/basic_file_sink.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <array>
#include <cmath>
#include <cstdio>
#include <utility>

#include "base/time.h"

namespace likeness {

namespace {

// The length of the UTF-8 sequence at the start of `text` (RFC 3629), or 0 if there is none.
std::size_t utf8_length(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const auto follows = [&](std::size_t i) { return i < text.size() && (byte(i) & 0xC0) == 0x80; };
  const unsigned char first = byte(0);
  if (first < 0x80) return 1;
  if (first >= 0xC2 && first <= 0xDF && follows(1)) return 2;
  if ((first & 0xF0) == 0xE0 && follows(1) && follows(2)) {
    const bool overlong = first == 0xE0 && byte(1) < 0xA0;
    const bool surrogate = first == 0xED && byte(1) > 0x9F;
    return overlong || surrogate ? 0 : 3;
  }
  if (first >= 0xF0 && first <= 0xF4 && follows(1) && follows(2) && follows(3)) {
    const bool overlong = first == 0xF0 && byte(1) < 0x90;
    const bool beyond = first == 0xF4 && byte(1) > 0x8F;
    return overlong || beyond ? 0 : 4;
  }
  return 0;
}

const char* level_name(LogLevel level) {
  switch (level) {
    case LogLevel::debug: return "debug";
    case LogLevel::info: return "info";
    case LogLevel::warning: return "warning";
    case LogLevel::error: return "error";
  }
  return "info";
}

}  // namespace

void append_json_string(std::string& out, std::string_view text) {
  out.push_back('"');
  while (!text.empty()) {
    const std::size_t length = utf8_length(text);
    const char character = text.front();
    if (length == 0) {
      out += "\xEF\xBF\xBD";
      text.remove_prefix(1);
      continue;
    }
    if (character == '"' || character == '\\') {
      out.push_back('\\');
      out.push_back(character);
    } else if (static_cast<unsigned char>(character) < 0x20) {
      std::array<char, 8> escape{};
      std::snprintf(escape.data(), escape.size(), "\\u%04x", static_cast<unsigned>(character));
      out += escape.data();
    } else {
      out += text.substr(0, length);
    }
    text.remove_prefix(length);
  }
  out.push_back('"');
}

void LogField::append_to(std::string& line) const {
  line.push_back(',');
  append_json_string(line, key_);
  line.push_back(':');
  if (const auto* text = std::get_if<std::string_view>(&value_)) {
    append_json_string(line, *text);
  } else if (const auto* flag = std::get_if<bool>(&value_)) {
    line += *flag ? "true" : "false";
  } else if (const auto* number = std::get_if<double>(&value_)) {
    std::array<char, 32> digits{};
    std::snprintf(digits.data(), digits.size(), "%.6g", *number);
    line += std::isfinite(*number) ? digits.data() : "null";
  } else {
    line += std::to_string(std::get<std::int64_t>(value_));
  }
}

struct Logger::Sink {
  std::shared_ptr<spdlog::logger> logger;
};

Logger::Logger(std::unique_ptr<Sink> sink, LogLevel minimum) : sink_(std::move(sink)), minimum_(minimum) {
  sink_->logger->set_pattern("%v");
  sink_->logger->set_level(spdlog::level::trace);
  sink_->logger->flush_on(spdlog::level::trace);
}

Logger::Logger(LogLevel minimum)
    : Logger(std::make_unique<Sink>(
                 Sink{std::make_shared<spdlog::logger>("likeness", std::make_shared<spdlog::sinks::stderr_sink_mt>())}),
             minimum) {}

Result<Logger> Logger::to_file(const std::string& path, LogLevel minimum) {
  try {
    auto file = std::make_shared<spdlog::sinks::basic_file_sink_mt>(path);
    return Logger(std::make_unique<Sink>(Sink{std::make_shared<spdlog::logger>("likeness", std::move(file))}), minimum);
  } catch (const spdlog::spdlog_ex& failure) {
    return Error(ErrorKind::unavailable, std::string("cannot write the log: ") + failure.what());
  }
}

Logger::~Logger() = default;
Logger::Logger(Logger&&) noexcept = default;
Logger& Logger::operator=(Logger&&) noexcept = default;

void Logger::write(LogLevel level, std::string_view event, LogFields fields) {
  if (level < minimum_) return;
  std::string line =
      "{\"time\":\"" + format_rfc3339(SystemClock().now()) + "\",\"level\":\"" + level_name(level) + "\",\"event\":";
  append_json_string(line, event);
  for (const LogField& field : fields) field.append_to(line);
  line.push_back('}');
  sink_->logger->log(spdlog::level::info, spdlog::string_view_t(line.data(), line.size()));
}

}  // namespace likeness
