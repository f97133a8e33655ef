#include "wire/path.h"

#include "wire/text.h"

namespace likeness::wire {

void Path::begin_segment() {
  lengths_.push_back(text_.size());
  if (!text_.empty()) text_.push_back('.');
}

void Path::push_member(std::string_view member) {
  begin_segment();
  text_ += member;
}

void Path::push_element(std::size_t index) {
  begin_segment();
  text_ += std::to_string(index + 1);
  text_ += ".member";
}

void Path::push_entry(std::string_view key, std::string_view part) {
  begin_segment();
  text_ += first_characters(key, max_key_characters);
  text_.push_back('.');
  text_ += part;
}

void Path::pop() {
  text_.resize(lengths_.back());
  lengths_.pop_back();
}

}  // namespace likeness::wire
