#include "base/sealing.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>

namespace likeness {
namespace {

Bytes from_hex(std::string_view hex) {
  Bytes bytes;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2) {
    bytes.push_back(static_cast<std::uint8_t>(std::stoi(std::string(hex.substr(i, 2)), nullptr, 16)));
  }
  return bytes;
}

SecretKey key_of(std::uint8_t byte) {
  std::array<std::uint8_t, SecretKey::size> bytes{};
  bytes.fill(byte);
  return SecretKey(bytes);
}

// RFC 5869, test cases 1 (salt and info) and 3 (neither), the first 32 bytes of their output.
TEST(Hkdf, AgreesWithItsRfc) {
  const Bytes key(22, 0x0b);
  EXPECT_EQ(to_hex(hkdf_sha256(key, from_hex("000102030405060708090a0b0c"), from_hex("f0f1f2f3f4f5f6f7f8f9")).bytes()),
            "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf");
  EXPECT_EQ(to_hex(hkdf_sha256(key, {}, {}).bytes()),
            "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d");
}

// The GCM specification (McGrew and Viega), test case 16: opened from its parts, since seal() picks its own nonce.
TEST(Sealing, OpensThePublishedVector) {
  const Bytes key = from_hex("feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308");
  const Bytes associated = from_hex("feedfacedeadbeeffeedfacedeadbeefabaddad2");
  const Bytes sealed = from_hex(
      "cafebabefacedbaddecaf888"
      "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa"
      "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662"
      "76fc6ece0f4e1768cddf8853bb2d551b");
  const SecretKey secret(std::span<const std::uint8_t, 32>(key.data(), 32));
  const Result<SecretBytes> opened = open_sealed(secret, sealed, associated);
  ASSERT_TRUE(opened.ok());
  EXPECT_EQ(to_hex(opened->bytes()),
            "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
            "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39");
}

TEST(Sealing, OpensWhatItSealedAndNothingElse) {
  const SecretKey key = key_of(1);
  for (const std::string& text : {std::string(), std::string("secret"), std::string(5000, 'x')}) {
    const Bytes sealed = seal(key, as_bytes(text), as_bytes("place"));
    EXPECT_EQ(sealed.size(), text.size() + sealed_overhead);
    const Result<SecretBytes> opened = open_sealed(key, sealed, as_bytes("place"));
    ASSERT_TRUE(opened.ok());
    EXPECT_EQ(opened->text(), text);
    EXPECT_FALSE(open_sealed(key, sealed, as_bytes("elsewhere")).ok());
    EXPECT_FALSE(open_sealed(key, sealed, {}).ok());
    EXPECT_FALSE(open_sealed(key_of(2), sealed, as_bytes("place")).ok());
  }
}

TEST(Sealing, EveryAlteredByteIsNoticed) {
  const SecretKey key = key_of(1);
  const Bytes sealed = seal(key, as_bytes("secret"), {});
  for (std::size_t i = 0; i < sealed.size(); ++i) {
    Bytes altered = sealed;
    altered[i] ^= 1;
    const Result<SecretBytes> opened = open_sealed(key, altered, {});
    ASSERT_FALSE(opened.ok()) << i;
    EXPECT_EQ(opened.error().kind, ErrorKind::corrupt);
    EXPECT_FALSE(open_sealed(key, ByteSpan(sealed).first(i), {}).ok()) << "cut to " << i;
  }
}

TEST(Sealing, NeverTheSameTwice) {
  const SecretKey key = key_of(1);
  EXPECT_NE(seal(key, as_bytes("secret"), {}), seal(key, as_bytes("secret"), {}));
  EXPECT_NE(to_hex(SecretKey::random().bytes()), to_hex(SecretKey::random().bytes()));
}

TEST(Keys, AreWipedWhenMovedFrom) {
  SecretKey first = key_of(7);
  SecretKey second = std::move(first);
  EXPECT_EQ(to_hex(second.bytes()), to_hex(Bytes(32, 7)));
  EXPECT_EQ(to_hex(first.bytes()), std::string(64, '0'));  // NOLINT(bugprone-use-after-move): that is what is tested
  first = std::move(second);
  EXPECT_EQ(to_hex(second.bytes()), std::string(64, '0'));  // NOLINT(bugprone-use-after-move): that is what is tested
}

TEST(Keys, EachPurposeHasItsOwn) {
  const MasterKey master(key_of(3));
  EXPECT_EQ(to_hex(master.derive("a").bytes()), to_hex(master.derive("a").bytes()));
  EXPECT_NE(to_hex(master.derive("a").bytes()), to_hex(master.derive("b").bytes()));
  EXPECT_NE(to_hex(master.derive("a").bytes()), to_hex(MasterKey(key_of(4)).derive("a").bytes()));
}

}  // namespace
}  // namespace likeness
