#include "wire/compiled_pattern.h"

#include <re2/re2.h>

namespace likeness::wire {
namespace {

re2::StringPiece piece(std::string_view text) { return {text.data(), text.size()}; }

re2::RE2::Options quiet() {
  re2::RE2::Options options;
  options.set_log_errors(false);
  return options;
}

}  // namespace

CompiledPattern::CompiledPattern(std::string_view expression, std::string_view forbidden_start)
    : expression_(std::make_unique<const re2::RE2>(piece(expression), quiet())), forbidden_start_(forbidden_start) {}

CompiledPattern::~CompiledPattern() = default;

bool CompiledPattern::matches(std::string_view text) const {
  if (!forbidden_start_.empty() && text.starts_with(forbidden_start_)) return false;
  return re2::RE2::FullMatch(piece(text), *expression_);
}

}  // namespace likeness::wire
