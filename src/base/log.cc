#include "base/log.h"

#include <fcntl.h>
#include <spdlog/sinks/base_sink.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <mutex>
#include <utility>

#include "base/time.h"
#include "base/utf8.h"

namespace likeness {

namespace {

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
      (void)std::snprintf(escape.data(), escape.size(), "\\u%04x", static_cast<unsigned>(character));
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
    (void)std::snprintf(digits.data(), digits.size(), "%.6g", *number);
    line += std::isfinite(*number) ? digits.data() : "null";
  } else {
    line += std::to_string(std::get<std::int64_t>(value_));
  }
}

namespace {

// Lines to a descriptor that can be replaced by a fresh one of the same name.
class LogFile final : public spdlog::sinks::base_sink<std::mutex> {
 public:
  LogFile(std::string path, int file) : path_(std::move(path)), file_(file) {}
  ~LogFile() override { ::close(file_); }
  LogFile(const LogFile&) = delete;
  LogFile& operator=(const LogFile&) = delete;

  static Result<int> open(const std::string& path) {
    const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (file >= 0) return file;
    return Error(ErrorKind::unavailable, path + ": cannot write the log: " + std::strerror(errno));
  }

  Result<void> reopen() {
    const int fresh = TRY(open(path_));
    const std::lock_guard lock(mutex_);
    ::close(std::exchange(file_, fresh));
    return {};
  }

 private:
  void sink_it_(const spdlog::details::log_msg& message) override {
    spdlog::memory_buf_t line;
    formatter_->format(message, line);
    std::string_view rest(line.data(), line.size());
    while (!rest.empty()) {
      const ssize_t written = ::write(file_, rest.data(), rest.size());
      if (written < 0 && errno == EINTR) continue;
      if (written <= 0) return;  // a full disk loses lines of the log, and nothing else
      rest.remove_prefix(static_cast<std::size_t>(written));
    }
  }
  void flush_() override {}

  const std::string path_;
  int file_;
};

}  // namespace

struct Logger::Sink {
  Sink(std::shared_ptr<spdlog::sinks::sink> target, std::shared_ptr<LogFile> log_file, LogLevel least)
      : logger("likeness", std::move(target)), file(std::move(log_file)), minimum(least) {
    logger.set_pattern("%v");
    logger.set_level(spdlog::level::trace);
    logger.flush_on(spdlog::level::trace);
  }

  spdlog::logger logger;
  std::shared_ptr<LogFile> file;  // null: standard error
  std::atomic<LogLevel> minimum;
};

Logger::Logger(std::unique_ptr<Sink> sink) : sink_(std::move(sink)) {}

Logger::Logger(LogLevel minimum)
    : Logger(std::make_unique<Sink>(std::make_shared<spdlog::sinks::stderr_sink_mt>(), nullptr, minimum)) {}

Result<Logger> Logger::to_file(const std::string& path, LogLevel minimum) {
  const auto file = std::make_shared<LogFile>(path, TRY(LogFile::open(path)));
  return Logger(std::make_unique<Sink>(file, file, minimum));
}

void Logger::set_minimum(LogLevel minimum) { sink_->minimum = minimum; }

Result<void> Logger::reopen() { return sink_->file ? sink_->file->reopen() : Result<void>(); }

Logger::~Logger() = default;
Logger::Logger(Logger&&) noexcept = default;
Logger& Logger::operator=(Logger&&) noexcept = default;

void Logger::write(LogLevel level, std::string_view event, LogFields fields) {
  if (level < sink_->minimum) return;
  std::string line =
      "{\"time\":\"" + format_rfc3339(SystemClock().now()) + "\",\"level\":\"" + level_name(level) + "\",\"event\":";
  append_json_string(line, event);
  for (const LogField& field : fields) field.append_to(line);
  line.push_back('}');
  sink_->logger.log(spdlog::level::info, spdlog::string_view_t(line.data(), line.size()));
}

}  // namespace likeness
