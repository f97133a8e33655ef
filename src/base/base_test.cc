#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <string>

#include "base/bytes.h"
#include "base/crypto.h"
#include "base/ids.h"
#include "base/log.h"
#include "base/metrics.h"
#include "base/result.h"
#include "base/time.h"

namespace likeness {
namespace {

using testing::HasSubstr;
using testing::MatchesRegex;

Result<int> half(int n) {
  if (n % 2 != 0) return Error(ErrorKind::invalid_argument, "odd");
  return n / 2;
}

Result<int> quarter(int n) {
  const int first = TRY(half(n));
  return half(first);
}

TEST(ResultTest, TryPassesValuesAndErrorsOn) {
  EXPECT_EQ(quarter(8).value(), 2);
  ASSERT_FALSE(quarter(6).ok());
  EXPECT_EQ(quarter(6).error().message, "odd");
  EXPECT_EQ(quarter(5).error().within("place").message, "place: odd");
}

TEST(BytesTest, Base64RoundTripsEveryLength) {
  for (std::size_t length = 0; length < 70; ++length) {
    Bytes bytes(length);
    random_fill(bytes);
    const Result<Bytes> back = from_base64(to_base64(bytes));
    ASSERT_TRUE(back.ok());
    EXPECT_EQ(*back, bytes);
  }
}

// RFC 4648 section 10.
TEST(BytesTest, Base64KnownAnswers) {
  EXPECT_EQ(to_base64(as_bytes("foobar")), "Zm9vYmFy");
  EXPECT_EQ(to_base64(as_bytes("f")), "Zg==");
  EXPECT_EQ(to_base64(as_bytes("")), "");
}

TEST(BytesTest, Base64RefusesWhatIsNotBase64) {
  for (const char* text :
       {"Zg", "Zg=", "Z===", "====", "Zm9=YmFy", "Zm9v YmFy", "Zm9vYmF\n", "Zm9vYmF!", "Zm-_", "=AAA"}) {
    EXPECT_FALSE(from_base64(text).ok()) << text;
  }
}

TEST(CryptoTest, KnownAnswers) {
  // FIPS 180-4 example, and RFC 4231 test case 2.
  EXPECT_EQ(to_hex(sha256(as_bytes("abc"))), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(to_hex(hmac_sha256(as_bytes("Jefe"), as_bytes("what do ya want for nothing?"))),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  EXPECT_TRUE(constant_time_equal(as_bytes("same"), as_bytes("same")));
  EXPECT_FALSE(constant_time_equal(as_bytes("same"), as_bytes("sama")));
  EXPECT_FALSE(constant_time_equal(as_bytes("same"), as_bytes("sam")));
}

TEST(IdsTest, UuidIsVersion4AndFresh) {
  EXPECT_THAT(random_uuid(), MatchesRegex("[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"));
  EXPECT_NE(random_uuid(), random_uuid());
}

TEST(TimeTest, Iso8601BasicRoundTrips) {
  const auto time = parse_iso8601_basic("20240229T235958Z");
  ASSERT_TRUE(time.has_value());
  EXPECT_EQ(format_iso8601_basic(*time), "20240229T235958Z");
  EXPECT_EQ(format_rfc3339(*time + Micros(7)), "2024-02-29T23:59:58.000007Z");
  for (const char* text :
       {"20230229T000000Z", "20240101T240000Z", "20240101T000060Z", "20240101T000000", "2024010 T000000Z", ""}) {
    EXPECT_FALSE(parse_iso8601_basic(text).has_value()) << text;
  }
}

TEST(LogTest, WritesOneJsonObjectALine) {
  const std::string path = testing::TempDir() + "/likeness_log_test.jsonl";
  std::remove(path.c_str());
  {
    Result<Logger> logger = Logger::to_file(path, LogLevel::info);
    ASSERT_TRUE(logger.ok());
    logger->debug("hidden", {});
    logger->info("shown", {{"text", "a\"b\\c\n\xff"}, {"count", 3}, {"ms", 1.5}, {"ok", true}});
  }
  std::ifstream file(path);
  std::string line;
  ASSERT_TRUE(std::getline(file, line));
  EXPECT_THAT(line, HasSubstr(R"("level":"info","event":"shown","text":"a\"b\\c\u000a)"
                              "\xEF\xBF\xBD"
                              R"(","count":3,"ms":1.5,"ok":true})"));
  EXPECT_FALSE(std::getline(file, line));
}

TEST(MetricsTest, TextNamesWhatWasCounted) {
  Metrics metrics;
  Counter counter = metrics.counter("likeness_requests_total", "Requests", {{"operation", "DetectFaces"}});
  counter.add();
  metrics.counter("likeness_requests_total", "Requests", {{"operation", "DetectFaces"}}).add();
  EXPECT_THAT(metrics.text(), HasSubstr("likeness_requests_total{operation=\"DetectFaces\"} 2"));
}

}  // namespace
}  // namespace likeness
