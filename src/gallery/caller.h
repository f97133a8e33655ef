// On whose behalf something is asked of the gallery.
//
// Thread rule: a plain value.
#pragma once

#include <string>

#include "store/scope.h"

namespace likeness::gallery {

struct Caller {
  store::Scope scope;  // whose collections are meant
  std::string actor;   // who does it, for the ledger: an access key's id
};

}  // namespace likeness::gallery
