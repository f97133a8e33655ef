#include <gtest/gtest.h>

#include <string>

#include "remote/naive_percent_encoding.h"
#include "remote/object_key.h"
#include "remote/percent_encoding.h"
#include "remote/s3_error_code.h"
#include "remote/s3_names.h"

namespace likeness::remote {
namespace {

using namespace std::string_literals;  // NOLINT(google-build-using-namespace): the suffix for strings with NUL

TEST(PercentEncodingTest, IsThatOfTheNaiveTwinForEveryByte) {
  std::string all;
  for (int byte = 0; byte < 256; ++byte) all.push_back(static_cast<char>(byte));
  EXPECT_EQ(encode_path(all), naive::percent_encode(all, "/"));
  EXPECT_EQ(encode_query_value(all), naive::percent_encode(all, ""));
  EXPECT_EQ(encode_path("a b/ü+~.jpg"), "a%20b/%C3%BC%2B~.jpg");
  EXPECT_EQ(encode_query_value("a/b=&"), "a%2Fb%3D%26");
}

TEST(ObjectKeyTest, AKeyThatCouldMeanAnotherFileNamesNone) {
  EXPECT_EQ(file_segments("a"), (std::vector<std::string>{"a"}));
  EXPECT_EQ(file_segments("2026/party/1.jpg"), (std::vector<std::string>{"2026", "party", "1.jpg"}));
  EXPECT_TRUE(file_segments("..a/...").has_value());
  EXPECT_TRUE(file_segments("%2e%2e/x").has_value());  // keys are not decoded
  EXPECT_TRUE(file_segments("a\\..\\b").has_value());  // one odd name
  for (const std::string& key : {""s, "/"s, "/etc/passwd"s, "a/"s, "a//b"s, "."s, ".."s, "../a"s, "a/../b"s, "a/.."s,
                                 "./a"s, "a/./b"s, "a\0b"s, "a/\0"s, ".likeness-x"s, "a/.likeness-1"s}) {
    EXPECT_FALSE(file_segments(key).has_value()) << key;
  }
  EXPECT_TRUE(file_segments(std::string(255, 'x')).has_value());
  EXPECT_FALSE(file_segments(std::string(256, 'x')).has_value());
  std::string deep = "a";
  for (int i = 0; i < 127; ++i) deep += "/a";
  EXPECT_TRUE(file_segments(deep).has_value());
  EXPECT_FALSE(file_segments(deep + "/a").has_value());
}

TEST(S3ErrorCodeTest, ReadsTheOneWordAndNothingElse) {
  EXPECT_EQ(s3_error_code("<?xml version=\"1.0\"?><Error><Code>NoSuchKey</Code><Message>x</Message></Error>"),
            "NoSuchKey");
  for (const char* text : {"", "<Code>", "<Code></Code", "<Code>a b</Code>", "<Code>a<!--x--></Code>",
                           "<Code>&#65;</Code>", "<code>x</code>", "{\"Code\":\"x\"}"}) {
    EXPECT_EQ(s3_error_code(text), "") << text;
  }
  EXPECT_EQ(s3_error_code("<Code>" + std::string(64, 'A') + "</Code>"), std::string(64, 'A'));
  EXPECT_EQ(s3_error_code("<Code>" + std::string(65, 'A') + "</Code>"), "");
}

std::string url_of(const char* endpoint, const ObjectId& id, bool virtual_host_style = false) {
  const Result<S3Endpoint> parsed = parse_s3_endpoint(endpoint, "eu-west-1", virtual_host_style);
  if (!parsed.ok()) return parsed.error().message;
  const Result<S3Target> target = parsed->target_of(id);
  return target.ok() ? parsed->scheme + "://" + target->host + target->path : target.error().message;
}

TEST(S3NamesTest, PathStyleAndVirtualHostStyle) {
  EXPECT_EQ(url_of("https://s.example:9000", {"photos", "a b/1.jpg", ""}), "https://s.example:9000/photos/a%20b/1.jpg");
  EXPECT_EQ(url_of("https://s.example/", {"photos", "k", "v/1"}), "https://s.example/photos/k?versionId=v%2F1");
  EXPECT_EQ(url_of("https://s.example:443", {"photos", "k", ""}), "https://s.example/photos/k");
  EXPECT_EQ(url_of("http://s.example:443", {"photos", "k", ""}), "http://s.example:443/photos/k");
  EXPECT_EQ(url_of("https://s.example", {"photos", "k", ""}, true), "https://photos.s.example/k");
  EXPECT_EQ(url_of("aws", {"photos", "k", ""}), "https://photos.s3.eu-west-1.amazonaws.com/k");
  // A certificate for *.host covers one label, and host names have neither '_' nor capitals.
  for (const char* bucket : {"my.photos", "My_Photos"}) {
    EXPECT_EQ(url_of("aws", {bucket, "k", ""}), "https://s3.eu-west-1.amazonaws.com/" + std::string(bucket) + "/k");
  }
  EXPECT_EQ(url_of("http://[::1]:9000", {"photos", "k", ""}, true), "http://[::1]:9000/photos/k");
  EXPECT_EQ(url_of("http://127.0.0.1:9000", {"photos", "k", ""}, true), "http://127.0.0.1:9000/photos/k");
}

TEST(S3NamesTest, NoNameReachesAnotherHostOrBucket) {
  for (const std::string& bucket : {""s, "a"s, "ab"s, ".."s, "..."s, ".ab"s, "ab."s, "-ab"s, "a/b"s, "a@b"s, "a:b"s,
                                    "a?b"s, "a#b"s, "evil.com/"s, "a b"s, "a\0b"s, "aä"s, std::string(256, 'a')}) {
    EXPECT_EQ(url_of("https://s.example", {bucket, "k", ""}, true), "the bucket's name is none") << bucket;
  }
  EXPECT_EQ(url_of("https://s.example", {"abc", "../other/k", ""}), "https://s.example/abc/../other/k");
  EXPECT_EQ(url_of("https://s.example", {"abc", "//x?y#z@w", ""}), "https://s.example/abc///x%3Fy%23z%40w");
  EXPECT_EQ(url_of("https://s.example", {"abc", "k\r\nHost: x", ""}), "https://s.example/abc/k%0D%0AHost%3A%20x");
  EXPECT_EQ(url_of("https://s.example", {"abc", "", ""}), "the object's key or version is empty or too long");
  EXPECT_EQ(url_of("https://s.example", {"abc", std::string(1025, 'x'), ""}),
            "the object's key or version is empty or too long");
}

TEST(S3NamesTest, EndpointsThatAreNoneAreRefused) {
  for (const char* text : {"", "https://", "https:///", "https://a/b", "https://a?b", "https://u:p@a", "https://a:0",
                           "https://a:65536", "https://a:b", "https://a:", "ftp://a", "a.example", "https://a b",
                           "https://[::1", "https://[x]", "https://::1", "file:///etc/passwd", "AWS", "https://a#b"}) {
    EXPECT_FALSE(parse_s3_endpoint(text, "eu-west-1", false).ok()) << text;
  }
}

}  // namespace
}  // namespace likeness::remote
