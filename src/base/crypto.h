// Cryptographic primitives over OpenSSL. No algorithm is written here.
//
// Thread rule: free functions, callable from any thread; Sha256 is thread-compatible.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/bytes.h"

namespace likeness {

using Digest = std::array<std::uint8_t, 32>;  // SHA-256, FIPS 180-4

[[nodiscard]] Digest sha256(ByteSpan bytes);

// HMAC-SHA-256, RFC 2104.
[[nodiscard]] Digest hmac_sha256(ByteSpan key, ByteSpan message);

// SHA-256 of data that arrives in pieces.
class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(Sha256&&) noexcept;
  Sha256& operator=(Sha256&&) noexcept;
  void update(ByteSpan bytes);
  // The digest of everything so far. The object is spent afterwards.
  [[nodiscard]] Digest finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// Whether both are equal, in a time that depends on their lengths only.
[[nodiscard]] bool constant_time_equal(ByteSpan a, ByteSpan b);

// Bytes of the operating system's generator. Ends the process if it has none: nothing secret can be made then.
void random_fill(std::span<std::uint8_t> bytes);

}  // namespace likeness
