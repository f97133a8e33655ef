#include "importer/names.h"

#include <algorithm>

#include "base/bytes.h"
#include "base/crypto.h"

namespace likeness::importer {

namespace {

constexpr std::size_t digest_bytes = 4;  // as hexadecimal digits twice as many characters

bool may_stand(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '.' ||
         c == '-' || c == ':';
}

// `name` as an id, or what can stand of it and a digest over `whole`.
std::string id_of(std::string_view name, std::string_view whole, std::size_t longest) {
  std::string id(name);
  std::replace_if(id.begin(), id.end(), [](char c) { return !may_stand(c); }, '_');
  if (id == name && name == whole && id.size() <= longest) return id;
  const Digest digest = sha256(as_bytes(whole));
  const std::string mark = "-" + to_hex(ByteSpan(digest).first(digest_bytes));
  id.resize(std::min(id.size(), longest - mark.size()));
  return id + mark;
}

}  // namespace

std::string user_id_of(std::string_view name) { return id_of(name, name, longest_user_id); }

std::string external_image_id_of(std::string_view person, std::string_view file) {
  const std::string name = std::string(person) + ':' + std::string(file);
  if (person.find(':') == std::string_view::npos) return id_of(name, name, longest_external_image_id);
  // Where the person ends cannot be seen: "a:b" and "c" would be "a" and "b:c". No name holds a zero.
  return id_of(name, std::string(person) + '\0' + std::string(file), longest_external_image_id);
}

}  // namespace likeness::importer
