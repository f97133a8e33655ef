#include "remote/address_policy.h"

#include <gtest/gtest.h>
#include <netinet/in.h>

#include <string>

namespace likeness::remote {
namespace {

bool allows(const std::vector<std::string>& listed, const char* address) {
  const Result<AddressPolicy> policy = AddressPolicy::parse(listed);
  const std::optional<IpAddress> parsed = parse_ip_address(address);
  EXPECT_TRUE(policy.ok() && parsed) << address;
  return policy->allows(*parsed);
}

TEST(AddressPolicyTest, WithoutAListThePublicInternetIsAllowedAndNothingElse) {
  for (const char* address :
       {"1.1.1.1", "8.8.8.8", "52.216.0.1", "172.15.255.255", "172.32.0.1", "11.0.0.1", "100.63.255.255", "100.128.0.1",
        "126.255.255.255", "128.0.0.1", "2600:1f00::1", "2a05:d000::1", "::ffff:8.8.8.8"}) {
    EXPECT_TRUE(allows({}, address)) << address;
  }
  for (const char* address : {"0.0.0.0",
                              "0.1.2.3",
                              "10.0.0.1",
                              "100.64.0.1",
                              "127.0.0.1",
                              "127.255.255.254",
                              "169.254.169.254",
                              "172.16.0.1",
                              "172.31.255.255",
                              "192.0.0.1",
                              "192.168.1.1",
                              "198.18.0.1",
                              "224.0.0.1",
                              "240.0.0.1",
                              "255.255.255.255",
                              "::",
                              "::1",
                              "::ffff:127.0.0.1",
                              "::ffff:10.0.0.1",
                              "::ffff:169.254.169.254",
                              "::127.0.0.1",
                              "64:ff9b::7f00:1",
                              "64:ff9b:1::1",
                              "2002:7f00:1::",
                              "2001::1",
                              "2001:db8::1",
                              "fc00::1",
                              "fd00:ec2::254",
                              "fe80::1",
                              "fec0::1",
                              "ff02::1",
                              "100::1",
                              "4000::1",
                              "5f00::1"}) {
    EXPECT_FALSE(allows({}, address)) << address;
  }
}

TEST(AddressPolicyTest, AListAllowsWhatIsInItAndNothingElse) {
  EXPECT_TRUE(allows({"10.1.0.0/16"}, "10.1.255.255"));
  EXPECT_FALSE(allows({"10.1.0.0/16"}, "10.2.0.0"));
  EXPECT_FALSE(allows({"10.1.0.0/16"}, "8.8.8.8"));
  EXPECT_TRUE(allows({"10.1.0.0/16", "127.0.0.1"}, "127.0.0.1"));
  EXPECT_TRUE(allows({"127.0.0.0/8"}, "::ffff:127.9.9.9"));
  EXPECT_FALSE(allows({"127.0.0.1"}, "127.0.0.2"));
  EXPECT_TRUE(allows({"::1"}, "::1"));
  EXPECT_FALSE(allows({"::1"}, "::2"));
  EXPECT_TRUE(allows({"fd00:1::/32"}, "fd00:1::5"));
  EXPECT_TRUE(allows({"52.0.0.0/8"}, "52.216.0.1"));
  EXPECT_TRUE(allows({"2600:1f00::/24"}, "2600:1f00::1"));
  EXPECT_TRUE(allows({"10.1.2.128/25"}, "10.1.2.128"));
  EXPECT_FALSE(allows({"10.1.2.128/25"}, "10.1.2.127"));
}

TEST(AddressPolicyTest, AWideBlockOpensTheInternetAndNotTheMachine) {
  for (const char* wide : {"0.0.0.0/0", "::/0"}) {
    for (const char* address :
         {"127.0.0.1", "10.0.0.1", "169.254.169.254", "192.168.0.1", "::1", "fd00::1", "fe80::1"}) {
      EXPECT_FALSE(allows({wide}, address)) << wide << " " << address;
    }
  }
  EXPECT_TRUE(allows({"0.0.0.0/0"}, "8.8.8.8"));
  EXPECT_FALSE(allows({"0.0.0.0/0"}, "2600:1f00::1"));
  EXPECT_TRUE(allows({"::/0"}, "2600:1f00::1"));
}

TEST(AddressPolicyTest, WhatIsNeverAllowedCannotBeListed) {
  for (const char* block : {"169.254.169.254", "169.254.0.0/16", "0.0.0.0", "0.0.0.0/8", "224.0.0.0/4", "fe80::/10",
                            "::", "::127.0.0.1", "64:ff9b::/96", "2002::/16", "ff00::/8", "255.255.255.255"}) {
    EXPECT_FALSE(AddressPolicy::parse({block}).ok()) << block;
  }
}

TEST(AddressBlockTest, TextsThatAreNoneAreRefused) {
  for (const char* text : {"", "/", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/8x", "10.0.0.1/8", "10.0.0",
                           "10.0.0.0.0", "localhost", "::1/129", "fe80::1%lo", "[::1]", "::ffff:10.0.0.1/8",
                           " 10.0.0.1", "10.0.0.1 ", "1111111111111111111111111111111111111111111111111111111111"}) {
    EXPECT_FALSE(parse_address_block(text).ok()) << text;
  }
  EXPECT_FALSE(parse_address_block(std::string_view("10.0.0.1\0/32", 12)).ok());
  EXPECT_EQ(parse_address_block("10.0.0.0/8")->prefix, 104);
  EXPECT_EQ(parse_address_block("10.0.0.1")->prefix, 128);
  EXPECT_EQ(parse_address_block("::/0")->prefix, 0);
}

TEST(IpAddressTest, SocketAddressesGiveTheSameAsTexts) {
  sockaddr_in v4{};
  v4.sin_family = AF_INET;
  v4.sin_addr.s_addr = htonl(0x0A010203);
  EXPECT_EQ(ip_address_of(reinterpret_cast<const sockaddr&>(v4)), parse_ip_address("10.1.2.3"));
  EXPECT_EQ(parse_ip_address("10.1.2.3"), parse_ip_address("::ffff:10.1.2.3"));
  sockaddr_in6 v6{};
  v6.sin6_family = AF_INET6;
  v6.sin6_addr = in6addr_loopback;
  EXPECT_EQ(ip_address_of(reinterpret_cast<const sockaddr&>(v6)), parse_ip_address("::1"));
  sockaddr unix_address{};
  unix_address.sa_family = AF_UNIX;
  EXPECT_FALSE(ip_address_of(unix_address));
}

}  // namespace
}  // namespace likeness::remote
