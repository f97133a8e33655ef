#include "gallery/ledger_detail.h"

#include "base/log.h"

namespace likeness::gallery {

LedgerDetail& LedgerDetail::with(std::string_view name, std::string_view text) {
  start(name);
  append_json_string(members_, text);
  return *this;
}

LedgerDetail& LedgerDetail::with(std::string_view name, std::uint64_t number) {
  start(name);
  members_ += std::to_string(number);
  return *this;
}

void LedgerDetail::start(std::string_view name) {
  if (!members_.empty()) members_.push_back(',');
  append_json_string(members_, name);
  members_.push_back(':');
}

store::LedgerRecord ledger_record(std::string_view kind, std::string_view actor, Time time,
                                  const LedgerDetail& detail) {
  return {.kind = std::string(kind), .actor = std::string(actor), .time = time, .detail = detail.json()};
}

}  // namespace likeness::gallery
