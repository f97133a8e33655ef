#include "app/settings_file.h"

#include <toml++/toml.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <optional>
#include <string>
#include <utility>

#include "app/setting_value.h"
#include "app/suggest.h"

namespace likeness::app {

namespace {

// The problems of one file, each "FILE:LINE: what", up to max_problems.
class Problems {
 public:
  explicit Problems(const std::filesystem::path& file) : file_(file.string()) {}
  void add(const toml::source_region& where, const std::string& what) {
    ++count_;
    if (count_ > max_problems) return;
    if (!text_.empty()) text_.push_back('\n');
    text_ += file_ + ':' + std::to_string(where.begin.line) + ": " + what;
  }
  [[nodiscard]] bool none() const { return count_ == 0; }
  [[nodiscard]] Error error() const {
    const std::string more =
        count_ > max_problems ? "\nand " + std::to_string(count_ - max_problems) + " more" : std::string();
    return {ErrorKind::invalid_argument, text_ + more};
  }

 private:
  std::string file_;
  std::string text_;
  std::size_t count_ = 0;
};

// Names come from the file: no more of them is said than helps.
std::string shown(std::string_view name) { return "'" + std::string(name.substr(0, 100)) + "'"; }

class Reader {
 public:
  Reader(const std::filesystem::path& file, ServeOptions& options)
      : folder_(file.parent_path()), options_(options), problems_(file) {}

  void read(const toml::table& table, const std::string& prefix) {
    for (const auto& [key, node] : table) {
      const std::string name = prefix.empty() ? std::string(key.str()) : prefix + '.' + std::string(key.str());
      if (const Setting* setting = find_setting(name)) {
        assign(*setting, node);
      } else if (node.is_table() && is_table_name(name)) {
        read(*node.as_table(), name);
      } else {
        refuse_name(name, key.source(), node.is_table());
      }
    }
  }

  [[nodiscard]] const Problems& problems() const { return problems_; }
  [[nodiscard]] std::vector<const Setting*> named() && { return std::move(named_); }

 private:
  static bool is_table_name(const std::string& name) {
    for (const Setting& setting : settings()) {
      if (setting.name.starts_with(name + '.')) return true;
    }
    return false;
  }

  void refuse_name(const std::string& name, const toml::source_region& where, bool is_table) {
    std::vector<std::string_view> known;
    for (const Setting& setting : settings()) {
      const std::string_view table = setting.name.substr(0, setting.name.find('.'));
      if (!is_table) known.push_back(setting.name);
      if (is_table && (known.empty() || known.back() != table)) known.push_back(table);
    }
    const std::string_view closest = suggest(name, known);
    const std::string hint = closest.empty() ? "`likeness config reference` lists what there is"
                                             : "did you mean '" + std::string(closest) + "'?";
    problems_.add(where, std::string(is_table ? "unknown table " : "unknown setting ") + shown(name) + "; " + hint);
  }

  void assign(const Setting& setting, const toml::node& node) {
    const bool fits = std::visit([&](auto* value) { return take(*value, node); }, setting.slot(options_));
    if (!fits) {
      problems_.add(node.source(), std::string(setting.name) + " takes " + accepted(setting));
      return;
    }
    const Result<void> valid = check_value(setting, options_);
    if (!valid.ok()) problems_.add(node.source(), valid.error().message);
    named_.push_back(&setting);
  }

  // False if the node is of another type. Each type is taken exactly: no number for a text, no 1 for true.
  static bool take(std::string& value, const toml::node& node) {
    const std::optional<std::string> text = node.value_exact<std::string>();
    if (text) value = *text;
    return text.has_value();
  }
  bool take(std::filesystem::path& value, const toml::node& node) const {
    std::string text;
    if (!take(text, node)) return false;
    const std::filesystem::path path(text);
    value = path.is_relative() && !path.empty() ? folder_ / path : path;
    return true;
  }
  static bool take(bool& value, const toml::node& node) {
    const std::optional<bool> flag = node.value_exact<bool>();
    if (flag) value = *flag;
    return flag.has_value();
  }
  static bool take(double& value, const toml::node& node) {
    if (!node.is_number()) return false;
    value = node.value_or(0.0);
    return true;
  }
  template <std::unsigned_integral Whole>
    requires(!std::same_as<Whole, bool>)
  static bool take(Whole& value, const toml::node& node) {
    const std::optional<std::int64_t> number = node.value_exact<std::int64_t>();
    if (!number || !std::in_range<Whole>(*number)) return false;
    value = static_cast<Whole>(*number);
    return true;
  }
  template <typename T>
  bool take(std::vector<T>& value, const toml::node& node) const {
    const toml::array* array = node.as_array();
    if (array == nullptr) return false;
    value.clear();
    for (const toml::node& element : *array) {
      if (!take(value.emplace_back(), element)) return false;
    }
    return true;
  }

  std::filesystem::path folder_;
  ServeOptions& options_;
  Problems problems_;
  std::vector<const Setting*> named_;
};

}  // namespace

Result<std::vector<const Setting*>> apply_configuration(std::string_view text, const std::filesystem::path& file,
                                                        ServeOptions& options) {
  try {
    const toml::table table = toml::parse(text);
    Reader reader(file, options);
    reader.read(table, "");
    if (!reader.problems().none()) return reader.problems().error();
    return std::move(reader).named();
  } catch (const toml::parse_error& error) {
    Problems problems(file);
    problems.add(error.source(), "no TOML: " + std::string(error.description()).substr(0, 300));
    return problems.error();
  }
}

Result<std::vector<const Setting*>> apply_configuration_file(const std::filesystem::path& file, ServeOptions& options) {
  std::ifstream in(file, std::ios::binary);
  if (!in) {
    const ErrorKind kind = errno == ENOENT ? ErrorKind::not_found : ErrorKind::unavailable;
    return Error(kind, file.string() + ": cannot read the configuration: " + std::strerror(errno));
  }
  std::string text(max_configuration_bytes + 1, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (in.bad() || (in.fail() && !in.eof())) {
    return Error(ErrorKind::unavailable, file.string() + ": cannot read the configuration");
  }
  text.resize(static_cast<std::size_t>(in.gcount()));
  if (text.size() > max_configuration_bytes) {
    return Error(ErrorKind::invalid_argument, file.string() + ": larger than 1 MiB, so it is no configuration");
  }
  return apply_configuration(text, file, options);
}

}  // namespace likeness::app
