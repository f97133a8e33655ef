// Every regular expression of the service, translated and compiled. (tests/wire compares random text with Python's re.)
#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "wire/compiled_pattern.h"
#include "wire/rekognition/shapes.h"

namespace likeness::wire {
namespace {

bool matches(const Shape& shape, std::string_view text) { return shape.pattern->matches(text); }

TEST(CompiledPattern, MatchesTheWholeText) {
  const CompiledPattern pattern("[a-z]+");
  EXPECT_TRUE(pattern.matches("abc"));
  EXPECT_FALSE(pattern.matches("abc1"));
  EXPECT_FALSE(pattern.matches("1abc"));
  EXPECT_FALSE(pattern.matches("abc\n"));
  EXPECT_FALSE(pattern.matches(""));
  EXPECT_FALSE(CompiledPattern("(").matches("("));
  EXPECT_FALSE(CompiledPattern("[a-z:]*", "aws:").matches("aws:x"));
  EXPECT_TRUE(CompiledPattern("[a-z:]*", "aws:").matches("xaws:"));
}

// One text for each pattern of the service: if a pattern does not compile, or is new, this says so.
TEST(Patterns, EachMatchesSomething) {
  const auto candidates = {
      "1",
      "a",
      "{}",
      "1.0.0",
      "12345678-1234-1234-1234-123456789012",
      "12345678-1234-1234-1234-123456789abc",
      "arn:aws:rekognition:eu-west-1:123456789012:project/p/dataset/train/1",
      "arn:aws:rekognition:eu-west-1:123456789012:project/p/1",
      "arn:aws:rekognition:eu-west-1:123456789012:project/p/version/v/1",
      "arn:aws:rekognition:eu-west-1:123456789012:streamprocessor/s",
      "arn:aws:kinesis:eu-west-1:123456789012:stream/s",
      "arn:aws:kinesisvideo:eu-west-1:123456789012:stream/s",
      "arn:aws:sns:eu-west-1:123456789012:topic",
      "arn:aws:iam::123456789012:role/r",
  };
  for (const Pattern* pattern : all_patterns()) {
    EXPECT_TRUE(std::ranges::any_of(candidates, pattern->matches)) << pattern->source;
    EXPECT_FALSE(pattern->matches("Ā\n")) << pattern->source;
  }
}

TEST(Patterns, DifferencesBetweenJavaAndRe2AreTranslated) {
  EXPECT_TRUE(matches(shapes::tag_key, "likeness:purpose é"));
  EXPECT_FALSE(matches(shapes::tag_key, "aws:purpose"));  // a look-ahead
  EXPECT_TRUE(matches(shapes::tag_key, "awsome"));
  EXPECT_FALSE(matches(shapes::query_string, "a\xE2\x80\xA8\xE2\x80\xA8z"));  // Java's dot does not match U+2028
  EXPECT_FALSE(matches(shapes::liveness_s3_key_prefix, "a\vb"));              // Java's \S does not match a vertical tab
  EXPECT_TRUE(matches(shapes::kms_key_id, std::string(2048, 'k')));
  EXPECT_TRUE(matches(shapes::kms_key_id, std::string(2049, 'k')));
  EXPECT_FALSE(matches(shapes::kms_key_id, std::string(2050, 'k')));  // more repetitions than RE2 takes at once
  EXPECT_TRUE(matches(shapes::project_policy_document, "{\n\t\"ÿ\" }"));
  EXPECT_FALSE(matches(shapes::project_policy_document, "Ā"));
  EXPECT_TRUE(matches(shapes::general_labels_filter_value, "Cafè d'ó(1)"));
}

TEST(Patterns, LongTextNeitherOverflowsNorStalls) {
  for (const Pattern* pattern : all_patterns()) {
    EXPECT_NO_FATAL_FAILURE((void)pattern->matches(std::string(200'000, 'a')));
    EXPECT_NO_FATAL_FAILURE((void)pattern->matches(std::string(200'000, '-')));
  }
}

}  // namespace
}  // namespace likeness::wire
