// Identifiers that we make up.
//
// Thread rule: free functions, callable from any thread.
#pragma once

#include <string>

namespace likeness {

// A random UUID (RFC 4122 version 4) in lower case, for example "3f2a0b5e-9c1d-4e7f-8a6b-0c1d2e3f4a5b".
[[nodiscard]] std::string random_uuid();

}  // namespace likeness
