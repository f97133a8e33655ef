#include "keys/session_token.h"

#include <cstdint>
#include <span>
#include <utility>

namespace likeness::keys {

namespace {

constexpr std::uint8_t version = 1;
constexpr std::string_view purpose = "session tokens";
constexpr std::string_view place = "likeness session token";

void append_number(Bytes& out, std::uint64_t number, int bytes) {
  for (int i = bytes - 1; i >= 0; --i) out.push_back(static_cast<std::uint8_t>(number >> (8 * i)));
}

void append_text(Bytes& out, std::string_view text) {
  append_number(out, text.size(), 2);
  out.insert(out.end(), text.begin(), text.end());
}

// Takes pieces from the front; once there is too little, everything it gives is empty and `whole` is false.
class Reader {
 public:
  explicit Reader(ByteSpan bytes) : rest_(bytes) {}

  std::uint64_t number(std::size_t bytes) {
    std::uint64_t value = 0;
    for (const std::uint8_t byte : take(bytes)) value = value << 8U | byte;
    return value;
  }

  std::string text() {
    const ByteSpan bytes = take(static_cast<std::size_t>(number(2)));
    return {bytes.begin(), bytes.end()};
  }

  [[nodiscard]] bool is_done() const { return whole_ && rest_.empty(); }

 private:
  ByteSpan take(std::size_t count) {
    whole_ = whole_ && count <= rest_.size();
    if (!whole_) return {};
    const ByteSpan front = rest_.first(count);
    rest_ = rest_.subspan(count);
    return front;
  }

  ByteSpan rest_;
  bool whole_ = true;
};

}  // namespace

Bytes encode_session(const Session& session) {
  Bytes out;
  append_number(out, version, 1);
  append_number(out, static_cast<std::uint64_t>(session.created.time_since_epoch().count()), 8);
  append_number(out, static_cast<std::uint64_t>(session.expires.time_since_epoch().count()), 8);
  append_text(out, session.access_key_id);
  append_text(out, session.secret);
  append_text(out, session.parent_key_id);
  append_number(out, session.policies.size(), 1);
  for (const std::string& name : session.policies) append_text(out, name);
  return out;
}

Result<Session> decode_session(ByteSpan bytes) {
  Reader reader(bytes);
  const bool known = reader.number(1) == version;
  Session session;
  session.created = Time(Micros(static_cast<std::int64_t>(reader.number(8))));
  session.expires = Time(Micros(static_cast<std::int64_t>(reader.number(8))));
  session.access_key_id = reader.text();
  session.secret = reader.text();
  session.parent_key_id = reader.text();
  session.policies.resize(static_cast<std::size_t>(reader.number(1)));
  for (std::string& name : session.policies) name = reader.text();
  if (!known || !reader.is_done()) return Error(ErrorKind::malformed, "these bytes are no session");
  return session;
}

SessionSealer::SessionSealer(const MasterKey& master) : key_(master.derive(purpose)) {}

Result<std::string> SessionSealer::seal(const Session& session) const {
  const SecretBytes plaintext(encode_session(session));
  std::string token = to_base64(likeness::seal(key_, plaintext.bytes(), as_bytes(place)));
  if (session.policies.size() > 255 || token.size() > max_token_characters) {
    return Error(ErrorKind::limit_exceeded,
                 "the session's token would be longer than 4096 characters; name fewer policies for it");
  }
  return token;
}

Result<Session> SessionSealer::open(std::string_view token) const {
  const Error foreign(ErrorKind::invalid_argument, "the session token was not made by this server");
  if (token.size() > max_token_characters) return foreign;
  const Result<Bytes> sealed = from_base64(token);
  if (!sealed.ok()) return foreign;
  const Result<SecretBytes> plaintext = open_sealed(key_, *sealed, as_bytes(place));
  if (!plaintext.ok()) return foreign;
  Result<Session> session = decode_session(plaintext->bytes());
  return session.ok() ? std::move(session) : foreign;
}

}  // namespace likeness::keys
