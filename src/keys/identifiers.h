// The names of keys and of their policies, and how new keys are made.
//
// Thread rule: free functions on values.
#pragma once

#include <string>
#include <string_view>

namespace likeness::keys {

// Twenty characters, of AWS's length, with prefixes that no AWS key has: nobody should take one for the other.
inline constexpr std::string_view lasting_prefix = "LKIA";
inline constexpr std::string_view session_prefix = "LKSA";

struct NewKey {
  std::string id;      // a prefix and 16 characters of the base32 alphabet: 80 random bits
  std::string secret;  // 40 characters of base64: 240 random bits

  bool operator==(const NewKey&) const = default;
};

[[nodiscard]] NewKey make_key(std::string_view prefix);

// 1 to 128 letters, digits, '.', '_' or '-'. Ids travel in a header between slashes and commas (SigV4's Credential=),
// so their alphabet is small.
[[nodiscard]] bool is_key_id(std::string_view id);

// The same alphabet and length.
[[nodiscard]] bool is_policy_name(std::string_view name);

}  // namespace likeness::keys
