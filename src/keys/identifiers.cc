#include "keys/identifiers.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "base/bytes.h"
#include "base/crypto.h"

namespace likeness::keys {

namespace {

constexpr std::size_t max_name_characters = 128;

bool is_name(std::string_view name) {
  const auto allowed = [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-' ||
           c == '.';
  };
  return !name.empty() && name.size() <= max_name_characters && std::all_of(name.begin(), name.end(), allowed);
}

}  // namespace

NewKey make_key(std::string_view prefix) {
  static constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  std::array<std::uint8_t, 46> random{};
  random_fill(random);
  NewKey key{.id = std::string(prefix), .secret = {}};
  for (std::size_t i = 0; i < 16; ++i) key.id.push_back(alphabet[random[i] % alphabet.size()]);
  key.secret = to_base64(std::span(random).subspan(16, 30));
  return key;
}

bool is_key_id(std::string_view id) { return is_name(id); }

bool is_policy_name(std::string_view name) { return is_name(name); }

}  // namespace likeness::keys
