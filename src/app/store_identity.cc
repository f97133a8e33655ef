#include "app/store_identity.h"

#include <string>
#include <utility>

#include "base/ids.h"

namespace likeness::app {

namespace {

constexpr const char* identity_name = "store.identity";

}  // namespace

Result<std::optional<Bytes>> identity_of(store::Store& store) {
  Result<Bytes> kept = store.setting(store::server_scope(), identity_name);
  if (kept.ok()) return std::optional(*std::move(kept));
  if (kept.error().kind == ErrorKind::not_found) return std::optional<Bytes>();
  return kept.error();
}

Result<void> ensure_identity(store::Store& store, Time now) {
  const std::optional<Bytes> kept = TRY(identity_of(store));
  if (kept) return {};
  const std::string id = random_uuid();
  const ByteSpan bytes = as_bytes(id);
  const store::Mutation mutation{.record = {.kind = "store.made", .actor = "operator", .time = now, .detail = "{}"},
                                 .once = std::nullopt};
  (void)TRY(store.put_setting(store::server_scope(), identity_name, Bytes(bytes.begin(), bytes.end()), mutation));
  return {};
}

}  // namespace likeness::app
