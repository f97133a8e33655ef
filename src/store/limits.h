// How large a record may be. Every backend refuses more with invalid_argument, so that none of them holds what another
// cannot. The limits of Amazon's API are checked above, and are smaller.
//
// Thread rule: constants.
#pragma once

#include <cstddef>

namespace likeness::store::limits {

constexpr std::size_t page = 4096;               // records of one listing; the largest MaxResults of Rekognition
constexpr std::size_t id = 2048;                 // bytes of an id, a name or a resource
constexpr std::size_t token = 128;               // bytes of an idempotency token; Rekognition allows 64 characters
constexpr std::size_t response = 1024UL * 1024;  // bytes of a kept response
constexpr std::size_t detail = 64UL * 1024;      // bytes of a ledger record's detail
constexpr std::size_t document = 256UL * 1024;   // bytes of a policy document
constexpr std::size_t blob = 64UL * 1024;        // bytes of a sealed secret, a wrapped key, a note
constexpr std::size_t setting = 1024UL * 1024;   // bytes of a setting's value
constexpr std::size_t policies_of_key = 64;      // names
constexpr std::size_t tag_value = 1024;          // bytes; Rekognition allows 256 characters

}  // namespace likeness::store::limits
