// Structured logs: one JSON object a line, to standard error or a file.
//
//   log.info("request", {{"id", id}, {"status", 200}, {"ms", 12.5}});
//   -> {"time":"2026-02-03T04:05:06.789012Z","level":"info","event":"request","id":"…","status":200,"ms":12.5}
//
// Never put picture bytes, embeddings, secrets or names of people into a field.
//
// Thread rule: all methods may be called from any thread.
#pragma once

#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <variant>

#include "base/result.h"

namespace likeness {

enum class LogLevel { debug, info, warning, error };

class LogField {
 public:
  LogField(std::string_view key, std::string_view value) : key_(key), value_(value) {}
  LogField(std::string_view key, const char* value) : key_(key), value_(std::string_view(value)) {}
  LogField(std::string_view key, const std::string& value) : key_(key), value_(std::string_view(value)) {}
  LogField(std::string_view key, bool value) : key_(key), value_(value) {}
  LogField(std::string_view key, double value) : key_(key), value_(value) {}
  template <std::integral Integer>
    requires(!std::same_as<Integer, bool>)
  LogField(std::string_view key, Integer value) : key_(key), value_(static_cast<std::int64_t>(value)) {}

  // Appends `,"key":value` to `line`.
  void append_to(std::string& line) const;

 private:
  std::string_view key_;
  std::variant<std::string_view, bool, double, std::int64_t> value_;
};

using LogFields = std::initializer_list<LogField>;

class Logger {
 public:
  // To standard error; lines below `minimum` are dropped.
  explicit Logger(LogLevel minimum);
  // To a file, appending; made with mode 0600 if it is not there. Errors: unavailable.
  static Result<Logger> to_file(const std::string& path, LogLevel minimum);
  ~Logger();
  Logger(Logger&&) noexcept;
  Logger& operator=(Logger&&) noexcept;

  // From now on lines below `minimum` are dropped.
  void set_minimum(LogLevel minimum);
  // Opens the file again under its name, after logrotate has moved it away; nothing to do for standard error.
  // Errors: unavailable; lines then go on into the file that was open.
  [[nodiscard]] Result<void> reopen();

  void debug(std::string_view event, LogFields fields) { write(LogLevel::debug, event, fields); }
  void info(std::string_view event, LogFields fields) { write(LogLevel::info, event, fields); }
  void warning(std::string_view event, LogFields fields) { write(LogLevel::warning, event, fields); }
  void error(std::string_view event, LogFields fields) { write(LogLevel::error, event, fields); }

 private:
  struct Sink;
  explicit Logger(std::unique_ptr<Sink> sink);
  void write(LogLevel level, std::string_view event, LogFields fields);

  std::unique_ptr<Sink> sink_;
};

// Appends `text` as a JSON string with its quotes; bytes that are no UTF-8 become U+FFFD.
void append_json_string(std::string& out, std::string_view text);

}  // namespace likeness
