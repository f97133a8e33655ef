// Dates and addresses, as conditions compare them.
#include <gtest/gtest.h>

#include <string>

#include "policy/condition.h"
#include "policy/date.h"
#include "policy/ip_range.h"

namespace likeness::policy {
namespace {

std::string date_of(std::string_view text) {
  const auto date = parse_date(text);
  return date ? format_rfc3339(*date) : "none";
}

TEST(Date, HasTheFormsOfTheNote) {
  EXPECT_EQ(date_of("2026-02-03"), "2026-02-03T00:00:00.000000Z");
  EXPECT_EQ(date_of("2026-02-03T04:05Z"), "2026-02-03T04:05:00.000000Z");
  EXPECT_EQ(date_of("2026-02-03T04:05:06Z"), "2026-02-03T04:05:06.000000Z");
  EXPECT_EQ(date_of("2026-02-03T04:05:06.7890129Z"), "2026-02-03T04:05:06.789012Z");
  EXPECT_EQ(date_of("2026-02-03T04:05:06+01:30"), "2026-02-03T02:35:06.000000Z");
  EXPECT_EQ(date_of("2026-02-03T04:05-01:00"), "2026-02-03T05:05:00.000000Z");
  EXPECT_EQ(date_of("2028-02-29"), "2028-02-29T00:00:00.000000Z");
  EXPECT_EQ(date_of("2026"), "1970-01-01T00:33:46.000000Z") << "no year: digits alone are seconds";
  EXPECT_EQ(date_of("0"), "1970-01-01T00:00:00.000000Z");
  EXPECT_EQ(date_of("1770091506"), "2026-02-03T04:05:06.000000Z");
}

TEST(Date, OtherTextIsNone) {
  for (const char* text : {"",
                           "now",
                           "2026-2-3",
                           "2026-02-30",
                           "2027-02-29",
                           "2026-13-01",
                           "2026-00-01",
                           "1969-12-31",
                           "2026-02-03T",
                           "2026-02-03T04Z",
                           "2026-02-03T04:05",
                           "2026-02-03T04:05:06",
                           "2026-02-03T24:00Z",
                           "2026-02-03T04:60Z",
                           "2026-02-03T04:05:60Z",
                           "2026-02-03T04:05:06.Z",
                           "2026-02-03T04:05:06Z ",
                           "2026-02-03 04:05:06Z",
                           "2026-02-03T04:05Zz",
                           "-1",
                           "253402300800",
                           "99999999999999999999",
                           "1e9"}) {
    EXPECT_EQ(date_of(text), "none") << text;
  }
}

bool holds_address(const char* range_text, const char* address_text) {
  const auto range = parse_ip_range(range_text);
  const auto address = parse_ip_address(address_text);
  EXPECT_TRUE(range) << range_text;
  EXPECT_TRUE(address) << address_text;
  return range && address && contains(*range, *address);
}

TEST(IpRange, HoldsWhatItsPrefixSays) {
  EXPECT_TRUE(holds_address("192.0.2.0/24", "192.0.2.255"));
  EXPECT_FALSE(holds_address("192.0.2.0/24", "192.0.3.0"));
  EXPECT_TRUE(holds_address("192.0.2.77/24", "192.0.2.1")) << "bits after the prefix do not count";
  EXPECT_TRUE(holds_address("192.0.2.7", "192.0.2.7"));
  EXPECT_FALSE(holds_address("192.0.2.7", "192.0.2.6"));
  EXPECT_TRUE(holds_address("0.0.0.0/0", "203.0.113.9"));
  EXPECT_TRUE(holds_address("10.0.0.128/25", "10.0.0.128"));
  EXPECT_FALSE(holds_address("10.0.0.128/25", "10.0.0.127"));
  EXPECT_TRUE(holds_address("2001:db8::/33", "2001:db8:7fff::1"));
  EXPECT_FALSE(holds_address("2001:db8::/33", "2001:db8:8000::1"));
}

TEST(IpRange, FamiliesDoNotMixAndMappedIsV4) {
  EXPECT_TRUE(holds_address("192.0.2.0/24", "::ffff:192.0.2.9"));
  EXPECT_FALSE(holds_address("::/0", "192.0.2.9"));
  EXPECT_FALSE(holds_address("0.0.0.0/0", "::1"));
  EXPECT_TRUE(holds_address("::/0", "::1"));
}

TEST(IpRange, OtherTextIsNone) {
  for (const char* text : {"", "/8", "192.0.2.0/", "192.0.2.0/33", "2001:db8::/129", "192.0.2.0/-1", "192.0.2.0/8 ",
                           "192.0.2", "192.0.2.256", "0300.0.2.1", "localhost", "fe80::1%eth0", "[::1]", "1.2.3.4:80",
                           "192.0.2.0/24/8", "192.0.2.0/0x8"}) {
    EXPECT_FALSE(parse_ip_range(text)) << text;
  }
  EXPECT_FALSE(parse_ip_address(std::string_view("192.0.2.1\0", 10)));
}

TEST(Number, IsAWholeFiniteDecimal) {
  EXPECT_EQ(parse_number("12"), 12);
  EXPECT_EQ(parse_number("-0.5"), -0.5);
  EXPECT_EQ(parse_number("1e3"), 1000);
  for (const char* text : {"", " 1", "1 ", "0x10", "1,5", "inf", "nan", "1e999", "+1"}) {
    EXPECT_EQ(parse_number(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace likeness::policy
