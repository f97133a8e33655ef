// Encryption of small secrets at rest: AES-256-GCM and HKDF-SHA-256 over OpenSSL. No algorithm is written here.
//
//   const SecretKey key = master.derive("access keys");
//   const Bytes sealed = seal(key, secret, as_bytes("111122223333/us-east-1/LKEXAMPLE"));
//   const SecretBytes secret = TRY(open_sealed(key, sealed, as_bytes("111122223333/us-east-1/LKEXAMPLE")));
//
// The associated data says where the secret belongs: what was sealed for one place does not open in another.
//
// Thread rule: free functions, and const methods of keys, callable from any thread. Ownership: keys hold their bytes,
// cannot be copied, and overwrite them when they go.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <utility>

#include "base/bytes.h"
#include "base/result.h"

namespace likeness {

// 32 bytes that are overwritten with zeros by the destructor and when moved from.
class SecretKey {
 public:
  static constexpr std::size_t size = 32;

  explicit SecretKey(std::span<const std::uint8_t, size> bytes);
  [[nodiscard]] static SecretKey random();
  ~SecretKey();
  SecretKey(SecretKey&& other) noexcept;
  SecretKey& operator=(SecretKey&& other) noexcept;

  [[nodiscard]] std::span<const std::uint8_t, size> bytes() const { return bytes_; }

 private:
  std::array<std::uint8_t, size> bytes_;
};

// The key from which all others come. It is never used itself: each purpose has a key derived from it.
class MasterKey {
 public:
  explicit MasterKey(SecretKey key) : key_(std::move(key)) {}

  // HKDF-SHA-256 (RFC 5869) with `purpose` as its info and an empty salt: the same purpose gives the same key.
  [[nodiscard]] SecretKey derive(std::string_view purpose) const;

 private:
  SecretKey key_;
};

// Bytes that are overwritten with zeros by the destructor and when moved from.
class SecretBytes {
 public:
  explicit SecretBytes(Bytes bytes) : bytes_(std::move(bytes)) {}
  ~SecretBytes();
  SecretBytes(SecretBytes&& other) noexcept : bytes_(std::exchange(other.bytes_, {})) {}
  SecretBytes& operator=(SecretBytes&& other) noexcept;

  [[nodiscard]] ByteSpan bytes() const { return bytes_; }
  // Valid as long as this is.
  [[nodiscard]] std::string_view text() const;

 private:
  Bytes bytes_;
};

constexpr std::size_t sealed_overhead = 12 + 16;  // bytes: nonce and tag

// Nonce (12 bytes, random), ciphertext, tag (16 bytes): AES-256-GCM, NIST SP 800-38D. A key may seal 2^32 times
// (section 8.3, random nonces).
[[nodiscard]] Bytes seal(const SecretKey& key, ByteSpan plaintext, ByteSpan associated);

// What seal() was given. Errors: corrupt (altered, cut, sealed under another key or for another place).
[[nodiscard]] Result<SecretBytes> open_sealed(const SecretKey& key, ByteSpan sealed, ByteSpan associated);

// HKDF-SHA-256, RFC 5869, 32 bytes of output.
[[nodiscard]] SecretKey hkdf_sha256(ByteSpan key, ByteSpan salt, ByteSpan info);

// Overwrites with zeros in a way that compilers do not remove.
void wipe(std::span<std::uint8_t> bytes);

}  // namespace likeness
