// What a change leaves in the ledger: who, when, what, and a small JSON object.
//
// Never put pictures, vectors or names of people into it. A user id may be a person's name: the subject's id, which we
// made up, stands in its place. Ids of collections are the operator's words for a thing, and stay.
//
// Thread rule: values and free functions.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/time.h"
#include "store/mutation.h"

namespace likeness::gallery {

// A JSON object that is put together member by member; the caller uses each name once.
class LedgerDetail {
 public:
  LedgerDetail& with(std::string_view name, std::string_view text);
  LedgerDetail& with(std::string_view name, std::uint64_t number);
  [[nodiscard]] std::string json() const { return '{' + members_ + '}'; }

 private:
  void start(std::string_view name);
  std::string members_;
};

[[nodiscard]] store::LedgerRecord ledger_record(std::string_view kind, std::string_view actor, Time time,
                                                const LedgerDetail& detail);

}  // namespace likeness::gallery
