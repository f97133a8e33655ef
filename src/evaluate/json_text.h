// A JSON text that is put together member by member, for reports: objects and arrays that are opened and closed.
//
//   JsonText json;
//   json.open_object();
//   json.member("version", 1).open_array("rates");
//   ...
//   json.close();
//   json.close();
//
// Thread rule: a plain value. Precondition of all: opened and closed in pairs; members stand in objects.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace likeness::evaluate {

class JsonText {
 public:
  JsonText& open_object(std::string_view name = {});
  JsonText& open_array(std::string_view name = {});
  JsonText& close();
  JsonText& member(std::string_view name, std::string_view text);
  JsonText& member(std::string_view name, const char* text) { return member(name, std::string_view(text)); }
  JsonText& member(std::string_view name, double number);  // null if it is not finite
  JsonText& member(std::string_view name, std::uint64_t number);
  JsonText& member(std::string_view name, bool value);
  JsonText& element(std::string_view text);
  JsonText& element(double number);

  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  void begin(std::string_view name);
  std::string text_;
  std::vector<char> open_;  // what closes them
  bool first_ = true;       // nothing stands in the innermost yet
};

}  // namespace likeness::evaluate
