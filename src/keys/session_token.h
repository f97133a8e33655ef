// Session tokens: temporary credentials that nothing is stored of. The token that a client sends with each request is
// the session itself, sealed (AES-256-GCM, base/sealing.h) under a key derived from the master key, in base64. So any
// server with the master key knows a session that another one made, and none can be made without it.
//
// What ends a session: its time, its parent key being disabled or deleted (KeyRing looks), and another master key.
//
// Plaintext, numbers big-endian, texts as a length of two bytes and their bytes:
//   1 byte   1, the form's version
//   8 bytes  created, 8 bytes expires: microseconds since 1970 UTC
//   text     id of the session's key; text its secret; text id of the parent key
//   1 byte   number of policies; a text for each name
//
// Thread rule: plain values, free functions, and a class that is const and thread-safe after construction.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "base/sealing.h"
#include "base/time.h"

namespace likeness::keys {

// Characters of a token; sigv4 takes no longer one.
inline constexpr std::size_t max_token_characters = 4096;

struct Session {
  std::string access_key_id;
  std::string secret;
  std::string parent_key_id;
  std::vector<std::string> policies;  // names, at most 255; the parent's at most
  Time created{};
  Time expires{};

  bool operator==(const Session&) const = default;
};

// The plaintext above, and back. Decoding takes exactly what encoding gives. Errors: malformed.
[[nodiscard]] Bytes encode_session(const Session& session);
[[nodiscard]] Result<Session> decode_session(ByteSpan bytes);

class SessionSealer {
 public:
  explicit SessionSealer(const MasterKey& master);

  // Errors: limit_exceeded (so many or long policy names that the token would be longer than max_token_characters).
  [[nodiscard]] Result<std::string> seal(const Session& session) const;
  // Errors: invalid_argument (not made with this master key, altered, or no token at all).
  [[nodiscard]] Result<Session> open(std::string_view token) const;

 private:
  const SecretKey key_;
};

}  // namespace likeness::keys
