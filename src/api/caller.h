// Who asks: what Authenticator has proved of a request, handed to the operation, so that permissions can be decided and
// records say who it was.
//
// Thread rule: a plain value.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/time.h"

namespace likeness::api {

struct Caller {
  std::string account;                       // 12 digits
  std::string region;                        // that the signature is scoped to, and this server's
  std::string access_key_id;                 // whose signature it is: a lasting key's or a session's
  std::optional<std::string> parent_key_id;  // of a session: the lasting key that it was made from
  std::vector<std::string> policies;         // names; of a session, those that it and its key both have
  std::string peer;                          // address of the client, as RequestHead has it
  bool secure = false;                       // it came over TLS, as RequestHead has it
  Time time{};                               // of the server's clock, when the signature was verified

  // The lasting key behind it: what quotas and limits are counted by.
  [[nodiscard]] const std::string& lasting_key_id() const { return parent_key_id ? *parent_key_id : access_key_id; }
};

}  // namespace likeness::api
