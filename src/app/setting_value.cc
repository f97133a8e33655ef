#include "app/setting_value.h"

#include <array>
#include <charconv>
#include <cmath>
#include <concepts>
#include <type_traits>
#include <vector>

namespace likeness::app {

namespace {

template <typename T>
concept Number = std::same_as<T, unsigned> || std::same_as<T, std::uint64_t> || std::same_as<T, double>;

template <typename T>
concept List = std::same_as<T, std::vector<std::string>> || std::same_as<T, std::vector<std::filesystem::path>>;

template <typename T>
using Pointed = std::remove_pointer_t<T>;

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  while (!text.empty()) {
    const std::size_t end = text.find(separator);
    parts.push_back(text.substr(0, end));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  return parts;
}

Error wrong(const Setting& setting, std::string_view text) {
  return {ErrorKind::invalid_argument, "'" + std::string(text.substr(0, 100)) + "' is not what " +
                                           std::string(setting.name) + " takes: " + accepted(setting)};
}

std::string number_text(double number) {
  std::array<char, 32> digits{};
  const auto [end, failure] = std::to_chars(digits.data(), digits.data() + digits.size(), number);
  return failure == std::errc() ? std::string(digits.data(), end) : "0";
}

// A basic string of TOML.
std::string basic_string_of(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out.push_back('\\');
    out.push_back(c);
  }
  return out + '"';
}

// What a list holds, and what is checked, as text.
std::string as_text(const std::string& text) { return text; }
std::string as_text(const std::filesystem::path& path) { return path.string(); }

Result<void> check_text(const Setting& setting, std::string_view text) {
  if (!setting.choices.empty()) {
    for (const std::string_view choice : split(setting.choices, '|')) {
      if (text == choice) return {};
    }
    return wrong(setting, text);
  }
  // A NUL ends a path for the system, a newline a line of whatever shows the value.
  if (text.find_first_of(std::string_view("\0\r\n", 3)) != std::string_view::npos) return wrong(setting, text);
  if (setting.check == nullptr || text.empty()) return {};
  const Result<void> valid = setting.check(text);
  if (valid.ok()) return {};
  return valid.error().within(std::string(setting.name));
}

template <typename T>
Result<void> assign(const Setting& setting, T& value, std::string_view text) {
  if constexpr (Number<T>) {
    T number{};
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (failure != std::errc() || end != text.data() + text.size()) return wrong(setting, text);
    value = number;
  } else if constexpr (std::same_as<T, bool>) {
    if (text != "true" && text != "false") return wrong(setting, text);
    value = text == "true";
  } else if constexpr (List<T>) {
    value.clear();
    for (const std::string_view part : split(text, ',')) value.emplace_back(part);
  } else {
    value = text;
  }
  return {};
}

}  // namespace

std::string accepted(const Setting& setting) {
  if (!setting.choices.empty()) {
    const std::vector<std::string_view> choices = split(setting.choices, '|');
    std::string text(choices.front());
    for (std::size_t i = 1; i < choices.size(); ++i) {
      text.append(i + 1 == choices.size() ? " or " : ", ").append(choices[i]);
    }
    return text;
  }
  ServeOptions scratch;
  const std::string range = range_text(setting);
  const std::string of_range = range.empty() ? "" : " from " + range;
  return std::visit(
      [&](auto* value) -> std::string {
        using T = Pointed<decltype(value)>;
        if constexpr (std::same_as<T, double>) return "a number" + of_range;
        if constexpr (Number<T>) return "a whole number" + of_range;
        if constexpr (std::same_as<T, bool>) return "true or false";
        if constexpr (std::same_as<T, std::filesystem::path>) return "a path";
        if constexpr (std::same_as<T, std::vector<std::filesystem::path>>) return "a list of paths";
        if constexpr (std::same_as<T, std::vector<std::string>>) return "a list of texts";
        return "a text";
      },
      setting.slot(scratch));
}

std::string range_text(const Setting& setting) {
  ServeOptions scratch;
  const bool is_number =
      std::visit([](auto* value) { return Number<Pointed<decltype(value)>>; }, setting.slot(scratch));
  return is_number ? number_text(setting.min) + " to " + number_text(setting.max) : "";
}

Result<void> set_from_text(const Setting& setting, ServeOptions& options, std::string_view text) {
  TRY(std::visit([&](auto* value) { return assign(setting, *value, text); }, setting.slot(options)));
  return check_value(setting, options);
}

Result<void> set_from_parts(const Setting& setting, ServeOptions& options, std::span<const std::string> parts) {
  const bool is_list = std::visit(
      [&](auto* value) {
        if constexpr (List<Pointed<decltype(value)>>) {
          value->assign(parts.begin(), parts.end());
          return true;
        }
        return false;
      },
      setting.slot(options));
  return is_list ? check_value(setting, options) : set_from_text(setting, options, parts.back());
}

Result<void> check_value(const Setting& setting, ServeOptions& options) {
  return std::visit(
      [&](auto* value) -> Result<void> {
        using T = Pointed<decltype(value)>;
        if constexpr (Number<T>) {
          const auto number = static_cast<double>(*value);
          // Written so that NaN is out of range.
          if (number >= setting.min && number <= setting.max) return {};
          return wrong(setting, number_text(number));
        } else if constexpr (std::same_as<T, bool>) {
          return {};
        } else if constexpr (List<T>) {
          for (const auto& element : *value) TRY(check_text(setting, as_text(element)));
          return {};
        } else {
          return check_text(setting, as_text(*value));
        }
      },
      setting.slot(options));
}

std::string toml_text(const Setting& setting, ServeOptions& options) {
  return std::visit(
      [](auto* value) -> std::string {
        using T = Pointed<decltype(value)>;
        if constexpr (std::same_as<T, double>) {
          return number_text(*value);
        } else if constexpr (Number<T>) {
          return std::to_string(*value);
        } else if constexpr (std::same_as<T, bool>) {
          return *value ? "true" : "false";
        } else if constexpr (List<T>) {
          std::string text = "[";
          for (const auto& element : *value) {
            text.append(text.size() > 1 ? ", " : "").append(basic_string_of(as_text(element)));
          }
          return text + "]";
        } else {
          return basic_string_of(as_text(*value));
        }
      },
      setting.slot(options));
}

bool same_value(const Setting& setting, ServeOptions& a, ServeOptions& b) {
  return std::visit([&](auto* value) { return *value == *std::get<decltype(value)>(setting.slot(b)); },
                    setting.slot(a));
}

void copy_value(const Setting& setting, ServeOptions& from, ServeOptions& to) {
  std::visit([&](auto* value) { *std::get<decltype(value)>(setting.slot(to)) = *value; }, setting.slot(from));
}

}  // namespace likeness::app
