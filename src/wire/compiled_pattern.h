// A regular expression, compiled once, over RE2: linear in the text and constant in stack, whatever a client sends.
// (std::regex recurses once per character and overflows the stack on long text.)
//
// Thread rule: const and callable from any thread after construction.
#pragma once

#include <memory>
#include <string_view>

namespace re2 {
class RE2;
}  // namespace re2

namespace likeness::wire {

class CompiledPattern {
 public:
  // `expression` is in RE2's syntax (contract/patterns.py translates). Text that starts with `forbidden_start` never
  // matches, unless that is empty: it stands for the expression's leading "(?!...)", which RE2 does not have.
  // An expression that does not compile matches nothing; patterns_test.cc proves that all of them compile.
  explicit CompiledPattern(std::string_view expression, std::string_view forbidden_start = {});
  ~CompiledPattern();
  CompiledPattern(const CompiledPattern&) = delete;
  CompiledPattern& operator=(const CompiledPattern&) = delete;

  // Whether the whole of `text`, valid UTF-8, matches.
  [[nodiscard]] bool matches(std::string_view text) const;

 private:
  std::unique_ptr<const re2::RE2> expression_;
  std::string_view forbidden_start_;  // a literal of the generated code
};

}  // namespace likeness::wire
