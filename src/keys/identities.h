// Who stands behind an access key id: what authentication asks, and what it is told.
//
// Thread rule: plain values; see Identities for its own.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/sealing.h"
#include "base/time.h"

namespace likeness::keys {

struct Identity {
  std::string access_key_id;                  // as it was asked for
  std::optional<std::string> parent_key_id;   // of a session: the lasting key that it was made from
  std::vector<std::string> policies;          // names; nothing else is allowed
  std::shared_ptr<const SecretBytes> secret;  // shared with the key ring; never empty
};

enum class Refusal {
  unknown,  // no such key, a disabled one, or a session token that is not of this key, this server or a living parent
  expired,  // a session whose time is over
};

class Identities {
 public:
  virtual ~Identities() = default;
  // Whose key that is; with a session token, whose session. `session_token` is empty for a lasting key: neither is good
  // for the other. May be called from any thread, and does not wait for changes being stored.
  [[nodiscard]] virtual std::variant<Identity, Refusal> find(std::string_view access_key_id,
                                                             std::string_view session_token, Time now) const = 0;
};

}  // namespace likeness::keys
