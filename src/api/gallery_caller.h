// The caller as the gallery knows it.
//
// Thread rule: a free function on values.
#pragma once

#include "api/caller.h"
#include "gallery/caller.h"

namespace likeness::api {

[[nodiscard]] inline gallery::Caller gallery_caller(const Caller& caller) {
  return {.scope = {.account = caller.account, .region = caller.region}, .actor = caller.access_key_id};
}

}  // namespace likeness::api
