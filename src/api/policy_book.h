// The policies of a server by name: the ready-made ones, and those that the operator put into the store; read once and
// kept, since every request needs them.
//
// A change through this book is seen by the next call. A change that another process makes in the same store is seen
// after max_age at the latest.
//
// Thread rule: all methods may be called from any thread. Ownership: store and clock must outlive it; documents that
// were given out stay as they were when the book changes.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "base/thread_annotations.h"
#include "base/time.h"
#include "policy/document.h"
#include "store/store.h"

namespace likeness::api {

struct PolicyEntry {
  std::string name;
  bool ready_made = false;
  std::string note;  // of a ready-made one
  Time updated{};    // of the others
};

class PolicyBook {
 public:
  static constexpr Micros max_age = std::chrono::seconds(5);
  static constexpr std::size_t max_kept = 1024;  // documents; when more are asked for, it starts anew

  PolicyBook(store::Policies& store, const Clock& clock);

  using Documents = std::vector<std::shared_ptr<const policy::Document>>;
  // All of `names`, in their order. Errors: not_found (a name without a policy: whoever asks must then say no, since
  // the missing one may have been what forbids), corrupt (what is stored is no policy), those of the store.
  [[nodiscard]] Result<Documents> find(const store::Scope& scope, std::span<const std::string> names);

  // The text of a document, as it was put. Errors: not_found, those of the store.
  [[nodiscard]] Result<std::string> text(const store::Scope& scope, std::string_view name);

  // Ready-made ones first, then the others by name, at most `limit` (1 to store::limits::page) of these after `after`.
  // Errors: those of the store.
  [[nodiscard]] Result<std::vector<PolicyEntry>> list(const store::Scope& scope, std::string_view after,
                                                      std::size_t limit);

  // `actor` is who does it, for the ledger. Errors: invalid_argument, malformed (no policy; a ready-made one's name),
  // those of the store.
  [[nodiscard]] Result<void> put(const store::Scope& scope, const std::string& actor, const std::string& name,
                                 std::string_view text);
  // Errors: not_found, invalid_argument (a ready-made one; a key still names it), those of the store.
  [[nodiscard]] Result<void> remove(const store::Scope& scope, const std::string& actor, const std::string& name);

 private:
  using Key = std::pair<store::Scope, std::string>;
  struct Kept {
    std::shared_ptr<const policy::Document> document;
    Time read{};
  };

  [[nodiscard]] Result<std::shared_ptr<const policy::Document>> find_one(const store::Scope& scope,
                                                                         const std::string& name);
  void forget(const store::Scope& scope, const std::string& name);

  store::Policies& store_;
  const Clock& clock_;
  std::map<std::string, std::shared_ptr<const policy::Document>, std::less<>> ready_made_;  // as constructed
  Mutex mutex_;
  std::map<Key, Kept> kept_ GUARDED_BY(mutex_);
  std::uint64_t changes_ GUARDED_BY(mutex_) = 0;  // so that what was read before a change is not kept after it
};

}  // namespace likeness::api
