// Fuzzes what reads a session token: the plaintext, as if its seal were right, and the token as clients send it.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "keys/session_token.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace likeness;  // NOLINT(google-build-using-namespace): a program of one file
  const ByteSpan bytes(data, size);
  const Result<keys::Session> session = keys::decode_session(bytes);
  if (session.ok()) {  // one text has one form
    const Bytes again = keys::encode_session(*session);
    if (again != Bytes(bytes.begin(), bytes.end())) std::abort();
  }
  const SecretKey key(std::array<std::uint8_t, SecretKey::size>{});
  const keys::SessionSealer sealer{MasterKey(SecretKey(key.bytes()))};
  if (sealer.open(std::string_view(reinterpret_cast<const char*>(data), size)).ok()) std::abort();
  return 0;
}
