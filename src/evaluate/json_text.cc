#include "evaluate/json_text.h"

#include <cmath>
#include <cstdio>

#include "base/log.h"

namespace likeness::evaluate {

namespace {

std::string number_text(double number) {
  if (!std::isfinite(number)) return "null";
  char buffer[32];
  (void)std::snprintf(buffer, sizeof(buffer), "%.9g", number);
  return buffer;
}

}  // namespace

void JsonText::begin(std::string_view name) {
  if (!first_) text_.push_back(',');
  first_ = false;
  if (name.empty()) return;
  append_json_string(text_, name);
  text_.push_back(':');
}

JsonText& JsonText::open_object(std::string_view name) {
  begin(name);
  text_.push_back('{');
  open_.push_back('}');
  first_ = true;
  return *this;
}

JsonText& JsonText::open_array(std::string_view name) {
  begin(name);
  text_.push_back('[');
  open_.push_back(']');
  first_ = true;
  return *this;
}

JsonText& JsonText::close() {
  text_.push_back(open_.back());
  open_.pop_back();
  first_ = false;
  return *this;
}

JsonText& JsonText::member(std::string_view name, std::string_view text) {
  begin(name);
  append_json_string(text_, text);
  return *this;
}

JsonText& JsonText::member(std::string_view name, double number) {
  begin(name);
  text_ += number_text(number);
  return *this;
}

JsonText& JsonText::member(std::string_view name, std::uint64_t number) {
  begin(name);
  text_ += std::to_string(number);
  return *this;
}

JsonText& JsonText::member(std::string_view name, bool value) {
  begin(name);
  text_ += value ? "true" : "false";
  return *this;
}

JsonText& JsonText::element(std::string_view text) {
  begin({});
  append_json_string(text_, text);
  return *this;
}

JsonText& JsonText::element(double number) {
  begin({});
  text_ += number_text(number);
  return *this;
}

}  // namespace likeness::evaluate
