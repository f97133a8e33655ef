// For tests: whoever calls.
#pragma once

#include "api/caller.h"

namespace likeness::api {

inline Caller test_caller() {
  Caller caller;
  caller.account = "123456789012";
  caller.region = "us-east-1";
  caller.access_key_id = "AKID";
  return caller;
}

}  // namespace likeness::api
