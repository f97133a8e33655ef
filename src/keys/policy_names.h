// Which policies there are: asked when a key is given one, so that a slip of the pen does not make a key without
// rights.
//
// Thread rule: implementations may be called from any thread.
#pragma once

#include <string_view>

#include "base/result.h"

namespace likeness::keys {

class PolicyNames {
 public:
  virtual ~PolicyNames() = default;
  // Errors: those of the store.
  [[nodiscard]] virtual Result<bool> has_policy(std::string_view name) const = 0;
};

}  // namespace likeness::keys
