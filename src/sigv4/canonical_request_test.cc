#include "sigv4/canonical_request.h"

#include <gtest/gtest.h>

#include <random>
#include <vector>

#include "sigv4/naive_canonical_request.h"

namespace likeness::sigv4 {
namespace {

TEST(CanonicalPath, ResolvesEmptyAndDotSegments) {
  EXPECT_EQ(canonical_path(""), "/");
  EXPECT_EQ(canonical_path("/"), "/");
  EXPECT_EQ(canonical_path("//"), "/");
  EXPECT_EQ(canonical_path("/a//b/./c/../d"), "/a/b/d");
  EXPECT_EQ(canonical_path("/a/"), "/a/");
  EXPECT_EQ(canonical_path("/../.."), "/");
  EXPECT_EQ(canonical_path("/a/../"), "/");
}

TEST(CanonicalPath, EncodesASecondTime) {
  EXPECT_EQ(canonical_path("/a%20b"), "/a%2520b");
  EXPECT_EQ(canonical_path("/a b"), "/a%20b");
  EXPECT_EQ(canonical_path("/-._~"), "/-._~");
  EXPECT_EQ(canonical_path("/\xE1\x88\xB4"), "/%E1%88%B4");
}

TEST(CanonicalPath, OfAmazonS3IsWhatWasSent) {
  const std::vector<HeaderView> headers = {{"Host", "h"}};
  const std::vector<std::string> names = {"host"};
  const RequestView request{"GET", "/photos//a%20b/../c?versionId=1", headers, PathForm::as_sent};
  EXPECT_EQ(canonical_request(request, names, "feed"), "GET\n/photos//a%20b/../c\nversionId=1\nhost:h\n\nhost\nfeed");
}

TEST(CanonicalQuery, SortsByEncodedNameThenValue) {
  EXPECT_EQ(canonical_query("b=2&a=1"), "a=1&b=2");
  EXPECT_EQ(canonical_query("a=2&a=1&a="), "a=&a=1&a=2");
  EXPECT_EQ(canonical_query("a-b=1&a=2"), "a=2&a-b=1");  // by name, although '-' sorts before '='
}

TEST(CanonicalQuery, EncodesInOneWay) {
  EXPECT_EQ(canonical_query("a=%7E&b=%2f"), "a=~&b=%2F");
  EXPECT_EQ(canonical_query("a=b=c"), "a=b%3Dc");
  EXPECT_EQ(canonical_query("a+b=%"), "a%2Bb=%25");
  EXPECT_EQ(canonical_query("a=%zz"), "a=%25zz");
  EXPECT_EQ(canonical_query("flag&&"), "flag=");
}

TEST(CanonicalQuery, LeavesOutAParameterHoweverItIsWritten) {
  EXPECT_EQ(canonical_query("b=2&a=1&%61=3&c&ab=4", "a"), "ab=4&b=2&c=");
  EXPECT_EQ(canonical_query("=1&a=2", ""), "=1&a=2");
}

TEST(CanonicalHeader, JoinsRepeatedAndCollapsesWhiteSpace) {
  const std::vector<HeaderView> headers = {{"X-Custom", "  a   b "}, {"other", "1"}, {"x-CUSTOM", "\tc\t \td"}};
  EXPECT_EQ(canonical_header(headers, "x-custom"), "a b,c d");
  EXPECT_EQ(canonical_header(headers, "absent"), std::nullopt);
}

TEST(CanonicalRequest, OfAVanillaPost) {
  const std::vector<HeaderView> headers = {{"X-Amz-Date", "20260203T040506Z"}, {"HOST", "localhost:8080"}};
  const std::vector<std::string> names = {"host", "x-amz-date"};
  EXPECT_EQ(canonical_request({"POST", "/?b=1&a", headers}, names, "feed"),
            "POST\n/\na=&b=1\nhost:localhost:8080\nx-amz-date:20260203T040506Z\n\nhost;x-amz-date\nfeed");
  const std::vector<std::string> absent = {"content-type"};
  EXPECT_EQ(canonical_request({"POST", "/", headers}, absent, "feed"), std::nullopt);
}

// Random requests over an alphabet that is full of what the rules are about.
TEST(CanonicalRequest, AgreesWithTheNaiveTwin) {
  std::mt19937 random(7);  // NOLINT(cert-msc32-c,cert-msc51-cpp): the same requests every time
  const auto text = [&](std::string_view alphabet, std::size_t max_length) {
    std::string result(random() % (max_length + 1), ' ');
    for (char& character : result) character = alphabet[random() % alphabet.size()];
    return result;
  };
  for (int i = 0; i < 20000; ++i) {
    std::string target(1, '/');
    target += text("aB/..%20~+ \xC3", 24);
    if (random() % 2 == 0) target.push_back('?');
    target += text("aB&=%2f7E+~&=", 24);
    std::vector<std::string> storage;
    for (int header = 0; header < 6; ++header) {
      storage.push_back(text("aAbB", 2));
      storage.push_back(text(" \t\nx,y", 8));
    }
    std::vector<HeaderView> headers;
    for (std::size_t header = 0; header < storage.size(); header += 2) {
      headers.push_back({storage[header], storage[header + 1]});
    }
    const std::vector<std::string> names = {"a", "ab", "b"};
    const RequestView request = {"POST", target, headers};
    ASSERT_EQ(canonical_request(request, names, "feed"), naive::canonical_request(request, names, "feed")) << target;
    ASSERT_EQ(canonical_request(request, names, "feed", "a"), naive::canonical_request(request, names, "feed", "a"));
  }
}

}  // namespace
}  // namespace likeness::sigv4
