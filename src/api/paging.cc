#include "api/paging.h"

#include "base/bytes.h"
#include "base/crypto.h"

namespace likeness::api {

namespace {

// The first byte of a position says which of the two forms it has.
constexpr char whole_id = 'i';
constexpr char beginning_and_hash = 'b';
constexpr std::size_t beginning_bytes = PageTokens::max_position - 1 - sizeof(Digest);

std::string hash_of(std::string_view id) {
  const Digest digest = sha256(as_bytes(id));
  return {digest.begin(), digest.end()};
}

}  // namespace

std::string position_after(std::string_view id) {
  if (id.size() < PageTokens::max_position) return whole_id + std::string(id);
  return beginning_and_hash + std::string(id.substr(0, beginning_bytes)) + hash_of(id);
}

Result<std::string> id_of_position(std::string_view position, const IdLister& ids) {
  const Error no_position(ErrorKind::invalid_token, "Invalid Pagination Token");
  if (position.empty()) return no_position;
  const char form = position.front();
  position.remove_prefix(1);
  if (form == whole_id) return std::string(position);
  if (form != beginning_and_hash || position.size() != beginning_bytes + sizeof(Digest)) return no_position;
  const std::string beginning(position.substr(0, beginning_bytes));
  const std::string_view hash = position.substr(beginning_bytes);
  std::string after = beginning;
  // Ends with the ids of that beginning.
  while (true) {
    const std::vector<std::string> found = TRY(ids(after, store::limits::page));
    for (const std::string& id : found) {
      if (!id.starts_with(beginning)) return beginning;
      if (hash_of(id) == hash) return id;
    }
    if (found.size() < store::limits::page) return beginning;
    after = found.back();
  }
}

}  // namespace likeness::api
