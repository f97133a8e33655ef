#include "keys/session_token.h"

#include <gtest/gtest.h>

#include <array>

namespace likeness::keys {
namespace {

MasterKey master(std::uint8_t byte) {
  std::array<std::uint8_t, SecretKey::size> bytes{};
  bytes.fill(byte);
  return MasterKey(SecretKey(bytes));
}

Session example() {
  const Time now = *parse_iso8601_basic("20260203T040506Z");
  return {.access_key_id = "LKSAAAAAAAAAAAAAAAAA",
          .secret = "a-secret-of-a-session",
          .parent_key_id = "LKIAAAAAAAAAAAAAAAAA",
          .policies = {"search", "read-only"},
          .created = now,
          .expires = now + std::chrono::minutes(15)};
}

TEST(SessionToken, OpensWhatItSealed) {
  const SessionSealer sealer(master(1));
  const Result<std::string> token = sealer.seal(example());
  ASSERT_TRUE(token.ok());
  const Result<Session> opened = sealer.open(*token);
  ASSERT_TRUE(opened.ok());
  EXPECT_EQ(*opened, example());
  EXPECT_EQ(*SessionSealer(master(1)).open(*token), example()) << "another server with the same master key";
}

TEST(SessionToken, SaysNothingOfItsContent) {
  const std::string token = *SessionSealer(master(1)).seal(example());
  const Bytes bytes = *from_base64(token);
  const std::string text(bytes.begin(), bytes.end());
  for (const std::string& inside : {example().secret, example().access_key_id, example().policies[0]}) {
    EXPECT_EQ(text.find(inside), std::string::npos);
    EXPECT_EQ(token.find(inside), std::string::npos);
  }
}

TEST(SessionToken, RefusesAnythingElse) {
  const SessionSealer sealer(master(1));
  const std::string token = *sealer.seal(example());
  EXPECT_FALSE(SessionSealer(master(2)).open(token).ok()) << "another master key";
  for (std::size_t i = 0; i < token.size(); ++i) {
    std::string altered = token;
    altered[i] = altered[i] == 'A' ? 'B' : 'A';
    EXPECT_FALSE(sealer.open(altered).ok()) << i;
    EXPECT_FALSE(sealer.open(token.substr(0, i)).ok()) << i;
  }
  EXPECT_FALSE(sealer.open(token + "AAAA").ok());
  EXPECT_FALSE(sealer.open(std::string(5000, 'A')).ok());
  EXPECT_FALSE(sealer.open("AQoDYXdzEPT//////////wEXAMPLEtc764bNrC9SAPBSM22wDOk4x4HIZ8j4FZTwdQW").ok()) << "AWS's";
}

TEST(SessionToken, IsNoLongerThanSignaturesTake) {
  const SessionSealer sealer(master(1));
  Session session = example();
  session.policies.assign(20, std::string(128, 'p'));
  EXPECT_TRUE(sealer.seal(session).ok());
  session.policies.assign(64, std::string(128, 'p'));
  ASSERT_FALSE(sealer.seal(session).ok());
  EXPECT_EQ(sealer.seal(session).error().kind, ErrorKind::limit_exceeded);
}

TEST(SessionToken, EveryCutAndExtensionOfThePlaintextIsRefused) {
  const Bytes whole = encode_session(example());
  EXPECT_EQ(*decode_session(whole), example());
  for (std::size_t length = 0; length < whole.size(); ++length) {
    EXPECT_FALSE(decode_session(ByteSpan(whole).first(length)).ok()) << length;
  }
  Bytes longer = whole;
  longer.push_back(0);
  EXPECT_FALSE(decode_session(longer).ok());
  Bytes other_version = whole;
  other_version[0] = 2;
  EXPECT_FALSE(decode_session(other_version).ok());
}

}  // namespace
}  // namespace likeness::keys
