// The place of a value in a request, as AWS's messages name it:
// "humanLoopConfig.dataAttributes.contentClassifiers.1.member".
//
// Members are in lower camel case, list elements count from one and are followed by "member". The live service's form
// for maps was not seen; here it is the key, followed by "member" for the value and "key" for the key itself.
//
// Thread rule: a plain value.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace likeness::wire {

class Path {
 public:
  void push_member(std::string_view member);
  void push_element(std::size_t index);  // from zero
  // At most `max_key_characters` of the key are kept. `part` is "member" or "key".
  void push_entry(std::string_view key, std::string_view part);
  void pop();

  [[nodiscard]] const std::string& text() const { return text_; }

  static constexpr std::size_t max_key_characters = 100;

 private:
  void begin_segment();

  std::string text_;
  std::vector<std::size_t> lengths_;  // of text_, before each segment
};

}  // namespace likeness::wire
