// A page of a list that stands in the byte order of its ids: what NextToken and MaxResults mean, once for all lists.
//
// Ids may be longer than what fits into a token (a CollectionId has up to 255 characters, and a token has no more).
// Such an id is carried as its beginning and its SHA-256. To go on, the ids with that beginning are read until the hash
// fits. If the record was deleted in between, the list goes on with the first id of that beginning: a client may see
// some again, and misses none.
//
// Thread rule: free functions; callable from any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "api/page_tokens.h"
#include "base/result.h"
#include "store/limits.h"

namespace likeness::api {

// At most `limit` (1 to store::limits::page) ids after `after`, in byte order.
using IdLister = std::function<Result<std::vector<std::string>>(std::string_view after, std::size_t limit)>;

// The position after an id, of any length; at most PageTokens::max_position bytes.
[[nodiscard]] std::string position_after(std::string_view id);
// The id (or the beginning of ids) after which the list goes on. Reads `ids` only for ids that did not fit.
// Errors: invalid_token, and those of `ids`.
[[nodiscard]] Result<std::string> id_of_position(std::string_view position, const IdLister& ids);

// Records that a page has if the client asks for `max_results`. Rekognition does not say how many it gives if it is not
// asked for a number; ours is the most that may be asked for.
[[nodiscard]] inline std::size_t page_size(const std::optional<std::int32_t>& max_results) {
  const std::int32_t asked = max_results.value_or(0);
  return asked > 0 ? static_cast<std::size_t>(asked) : store::limits::page;
}

template <typename Record>
struct Page {
  std::vector<Record> records;
  std::optional<std::string> next_token;  // absent on the last page
};

// One page of at most `limit` (1 to store::limits::page) records. `read(after, limit)` gives a Result of a vector of
// records with ids after `after`; `id_of(record)` gives a record's id. A token that is absent or empty means the first
// page. Errors: invalid_token, and those of `read`.
template <typename Read, typename IdOf>
auto read_page(const PageTokens& tokens, const ListIdentity& list, const std::optional<std::string>& token,
               std::size_t limit, Read&& read, IdOf&& id_of)
    -> Result<Page<typename std::decay_t<decltype(read(std::string_view(), limit).value())>::value_type>> {
  using Record = typename std::decay_t<decltype(read(std::string_view(), limit).value())>::value_type;
  std::string after;
  if (token && !token->empty()) {
    const IdLister ids = [&](std::string_view id, std::size_t most) -> Result<std::vector<std::string>> {
      std::vector<std::string> found;
      for (const Record& record : TRY(read(id, most))) found.emplace_back(id_of(record));
      return found;
    };
    const std::string position = TRY(tokens.open(list, *token));
    after = TRY(id_of_position(position, ids));
  }
  Page<Record> page;
  page.records = TRY(read(std::string_view(after), limit));
  if (page.records.size() < limit) return page;
  const std::string last(id_of(page.records.back()));
  if (const std::vector<Record> more = TRY(read(std::string_view(last), std::size_t{1})); !more.empty()) {
    page.next_token = TRY(tokens.seal(list, position_after(last)));
  }
  return page;
}

}  // namespace likeness::api
