#include "app/restore.h"

#include <memory>
#include <optional>
#include <ostream>
#include <string>
#include <system_error>
#include <utility>

#include "app/data_folder.h"
#include "app/durable_files.h"
#include "app/master_key.h"
#include "app/open_key_slots.h"
#include "app/restore_marker.h"
#include "app/store_identity.h"
#include "base/log.h"
#include "gallery/replay_deletions.h"
#include "store/sqlite/sqlite_store.h"

namespace likeness::app {

namespace {

namespace fs = std::filesystem;

constexpr const char* actor = "operator";

bool is_there(const fs::path& path) {
  std::error_code ignored;
  return fs::exists(path, ignored);
}

struct Places {
  fs::path database;  // the present one, which is replaced at the end
  fs::path restored;  // the one to be, beside it
  fs::path keys;      // of faces: the folder's own
  fs::path new_keys;  // a copy that becomes the folder's, if it has none
  fs::path index;     // snapshots of what the present database holds
};

Places places_in(const fs::path& data) {
  return {.database = data / "likeness.db",
          .restored = data / "likeness.db.restored",
          .keys = data / face_keys_name,
          .new_keys = data / (std::string(face_keys_name) + ".restored"),
          .index = data / "index"};
}

// What a restore works on, beside what is there.
Result<void> remove_restored(const Places& places) {
  for (const char* suffix : {"-wal", "-shm", ""}) TRY(remove_durably(places.restored.string() + suffix));
  return remove_secret_file(places.new_keys);
}

// The keys that decide which faces come back: the folder's own, which know of every erasure, before a copy.
Result<fs::path> keys_to_use(const Places& places, const RestoreOptions& options) {
  if (is_there(places.keys)) return places.keys;
  const fs::path copy = options.keys.empty() ? options.backup.parent_path() / face_keys_name : options.keys;
  if (!is_there(copy)) {
    return Error(ErrorKind::not_found, "there are no face keys, neither " + places.keys.string() + " nor " +
                                           copy.string() +
                                           ": without them no template can be read; name a copy with --keys");
  }
  TRY(copy_private_file(copy, places.new_keys));
  return places.new_keys;
}

// The copy of the backup, whole and of a schema that we know.
Result<std::unique_ptr<store::SqliteStore>> open_backup(const RestoreOptions& options, const Places& places, Time now) {
  Result<std::unique_ptr<store::SqliteStore>> opened = store::SqliteStore::open({.file = places.restored}, now);
  const Result<void> checked = opened.ok() ? (*opened)->check() : Result<void>(opened.error());
  if (!checked.ok()) return checked.error().within("the backup " + options.backup.string());
  return opened;
}

// The present database, if there is one and it can be read. Errors: what is to be done otherwise.
Result<std::unique_ptr<store::SqliteStore>> open_present(const Places& places, const RestoreOptions& options,
                                                         Time now) {
  if (options.present_is_lost || !is_there(places.database)) return std::unique_ptr<store::SqliteStore>();
  Result<std::unique_ptr<store::SqliteStore>> present = store::SqliteStore::open({.file = places.database}, now);
  Result<void> checked = present.ok() ? (*present)->check() : Result<void>(present.error());
  if (checked.ok()) return present;
  return Error(checked.error().kind,
               checked.error().message +
                   ". It is needed to know which people and collections were deleted since the backup. If it cannot be "
                   "saved, --present-lost goes on without it: then they come back, without faces, and so do access "
                   "keys that were taken back");
}

Result<void> refuse_another_server(store::Store& restored, store::Store& present, const fs::path& data) {
  const std::optional<Bytes> ours = TRY(identity_of(present));
  const std::optional<Bytes> its = TRY(identity_of(restored));
  if (ours && its && *ours == *its) return {};
  return Error(ErrorKind::already_exists,
               data.string() +
                   ": this folder holds another server's data than the backup; restore into a folder of "
                   "its own");
}

std::string text_of(const gallery::Replayed& done, const RestoreOptions& options, bool with_present) {
  std::string text = options.only_try ? "Nothing was changed. A restore would give\n" : "Restored\n";
  const auto line = [&text](std::size_t count, const char* what) {
    text += "  " + std::to_string(count) + " " + what + "\n";
  };
  line(done.faces_left, "faces");
  line(done.faces, "faces are not brought back: their keys are gone, they were deleted since the backup");
  if (with_present) {
    line(done.collections, "collections are not brought back: they were deleted since");
    line(done.users, "users are not brought back: they were deleted since");
    line(done.rejections, "rejected matches of after the backup are kept");
    text += "Access keys, policies and the log are the present ones. Faces and users of after the backup are gone.\n";
  } else {
    text +=
        "There was no present database to compare with: users and collections that were deleted since the backup "
        "are back, without faces; so are access keys that were taken back since: look at `likeness keys list`.\n";
  }
  return text;
}

store::LedgerRecord record_of(const RestoreOptions& options, const gallery::Replayed& done, Time now) {
  std::string detail = "{\"backup\":";
  append_json_string(detail, options.backup.filename().string());
  const auto with = [&detail](const char* name, std::size_t count) {
    detail += std::string(",\"") + name + "\":" + std::to_string(count);
  };
  with("faces", done.faces_left);
  with("faces_erased", done.faces);
  with("users_erased", done.users);
  with("collections_erased", done.collections);
  return {.kind = "store.restore", .actor = actor, .time = now, .detail = detail + "}"};
}

// Without a present database to compare with, keys of another server would look like the end of everybody.
Result<void> refuse_other_keys(const gallery::Replayed& done, bool with_present, const Places& places) {
  if (with_present || done.faces == 0 || done.faces_left > 0) return {};
  return Error(ErrorKind::invalid_argument,
               "none of the " + std::to_string(done.faces) + " faces of the backup has its key in " +
                   places.keys.string() +
                   ": these are probably another server's; move the file away, and the copy beside the backup is used");
}

// Opens the backup's copy, repeats the deletions on it, and closes it.
Result<std::string> make_restored(const RestoreOptions& options, const Places& places, const MasterKey& master,
                                  Time now) {
  TRY(remove_restored(places));  // of one that was killed: the log of another copy must not be taken for this one's
  const fs::path keys = TRY(keys_to_use(places, options));
  TRY(copy_private_file(options.backup, places.restored));
  const std::unique_ptr<store::SqliteStore> restored = TRY(open_backup(options, places, now));
  TRY(check_master_key(*restored, master, now));
  std::unique_ptr<store::SqliteStore> present = TRY(open_present(places, options, now));
  if (present) TRY(refuse_another_server(*restored, *present, options.data));
  const std::unique_ptr<gallery::KeySlots> slots = TRY(open_key_slots(keys, master));
  const gallery::FaceVault vault(*slots);
  const bool with_present = present != nullptr;
  gallery::Replayed done;
  if (with_present) {
    // First the log of the present, so that what is done here goes on behind it.
    present.reset();
    TRY(restored->keep_of(places.database));
    present = TRY(store::SqliteStore::open({.file = places.database}, now));
  }
  done = TRY(gallery::replay_deletions(*restored, present.get(), vault, actor, now));
  TRY(refuse_other_keys(done, with_present, places));
  TRY(ensure_identity(*restored, now));
  (void)TRY(restored->append(store::server_scope(), {.record = record_of(options, done, now), .once = std::nullopt}));
  return text_of(done, options, with_present);
}

Result<void> put_in_place(const Places& places) {
  if (is_there(places.new_keys)) TRY(rename_durably(places.new_keys, places.keys));
  // The log of the database that goes must not be taken for one of the database that comes.
  for (const char* suffix : {"-wal", "-shm"}) TRY(remove_durably(places.database.string() + suffix));
  TRY(rename_durably(places.restored, places.database));
  // Snapshots are of a history that did not take place: their generations may come again.
  std::error_code failure;
  fs::remove_all(places.index, failure);
  if (failure)
    return Error(ErrorKind::unavailable, places.index.string() + ": cannot be removed: " + failure.message());
  return {};
}

Result<std::string> restore_locked(const RestoreOptions& options, const Clock& clock) {
  const Places places = places_in(options.data);
  const Time now = clock.now();
  SettingsSources sources = options.sources;
  sources.options.data = options.data;
  const LoadedSettings settings = TRY(load_settings(sources));
  const LoadedMasterKey master =
      TRY(load_master_key(options.data, settings.options.master_key_file, MissingMasterKey::is_an_error));
  const bool was_begun = !refuse_half_restored(options.data).ok();
  if (!options.only_try) TRY(mark_restore_begun(options.data));
  Result<std::string> text = make_restored(options, places, master.key, now);
  if (!text.ok() || options.only_try) {
    TRY(remove_restored(places));
    // Nothing of the folder has changed, by this restore.
    if (!options.only_try && !was_begun) TRY(mark_restore_done(options.data));
    return text;
  }
  TRY(put_in_place(places));
  TRY(mark_restore_done(options.data));
  return text;
}

}  // namespace

Result<void> restore(const RestoreOptions& options, const Clock& clock, std::ostream& out) {
  std::error_code failure;
  if (!fs::is_regular_file(options.backup, failure)) {
    return Error(ErrorKind::not_found, options.backup.string() + ": there is no such backup");
  }
  const DataFolder data = TRY(DataFolder::open(options.data));
  if (fs::equivalent(options.backup, options.data / "likeness.db", failure)) {
    return Error(ErrorKind::invalid_argument, options.backup.string() + ": this is the folder's own database");
  }
  out << TRY(restore_locked(options, clock)) << std::flush;
  return {};
}

}  // namespace likeness::app
