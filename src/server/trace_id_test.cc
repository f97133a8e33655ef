#include "server/trace_id.h"

#include <gtest/gtest.h>

#include <chrono>
#include <string>

namespace likeness::server {
namespace {

constexpr const char* root = "1-5759e988-bd862e3fe1be46a994272793";

TEST(TraceIdTest, ReadsWhatAwsWrites) {
  const auto whole = parse_trace_id("Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1");
  ASSERT_TRUE(whole);
  EXPECT_EQ(*whole, (TraceId{.root = root, .parent = "53995c3f42cd8ad8", .sampled = '1'}));
  EXPECT_EQ(whole->text(), "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1");
  // A load balancer puts its own in front, an application may add more.
  const auto more =
      parse_trace_id(std::string("Self=1-67891234-12456789abcdef012345678;Root=") + root + "; CalledFrom=app");
  ASSERT_TRUE(more);
  EXPECT_EQ(more->text(), std::string("Root=") + root);
  EXPECT_EQ(parse_trace_id(std::string("Root=") + root + ";")->root, root);
  EXPECT_EQ(parse_trace_id(std::string("Sampled=?;Root=") + root)->sampled, '?');
}

TEST(TraceIdTest, RefusesEverythingElse) {
  const std::string good = std::string("Root=") + root;
  for (const std::string& header : {std::string(),
                                    std::string(";"),
                                    std::string("Root="),
                                    std::string(root),
                                    std::string("Sampled=1"),
                                    std::string("Root=2-5759e988-bd862e3fe1be46a994272793"),
                                    std::string("Root=1-5759e988-bd862e3fe1be46a99427279"),
                                    std::string("Root=1-5759e988-bd862e3fe1be46a9942727933"),
                                    std::string("Root=1-5759e98g-bd862e3fe1be46a994272793"),
                                    std::string("Root=1_5759e988-bd862e3fe1be46a994272793"),
                                    std::string("root=1-5759e988-bd862e3fe1be46a994272793"),
                                    good + ";" + good,
                                    good + ";Parent=53995c3f42cd8ad",
                                    good + ";Parent=53995c3f42cd8adx",
                                    good + ";Parent=",
                                    good + ";Sampled=2",
                                    good + ";Sampled=",
                                    good + ";Sampled=1;Sampled=1",
                                    good + ";;",
                                    good + ";x",
                                    good + ";=x",
                                    good + " ",
                                    good + "\r\nX: y",
                                    good + std::string("\0", 1),
                                    good + ";x=" + std::string(max_trace_header_characters, 'y')}) {
    EXPECT_FALSE(parse_trace_id(header)) << header;
  }
  std::string fields = good;
  for (std::size_t i = 1; i < max_trace_fields; ++i) fields += ";x=y";
  EXPECT_TRUE(parse_trace_id(fields));
  EXPECT_FALSE(parse_trace_id(fields + ";x=y"));
}

TEST(TraceIdTest, AFreshOneHasTheTimeAndReadsBack) {
  const Time now{std::chrono::seconds(0x5759e988)};
  const TraceId made = make_trace_id(now);
  EXPECT_EQ(made.root.substr(0, 11), "1-5759e988-");
  EXPECT_EQ(parse_trace_id(made.text()), made);
  EXPECT_NE(make_trace_id(now), made);
  EXPECT_EQ(trace_id_of("nonsense", now).root.substr(0, 11), "1-5759e988-");
  EXPECT_EQ(trace_id_of(std::string("Root=") + root, now).root, root);
}

}  // namespace
}  // namespace likeness::server
