#include "app/backup_command.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "app/durable_files.h"
#include "app/open_key_slots.h"
#include "base/log.h"

namespace likeness::app {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t time_length = 16;  // of compact()
constexpr const char* partial_suffix = ".db.partial";

// 20261126T150405Z
std::string compact(Time time) {
  std::string text = format_rfc3339(time).substr(0, 19);
  text.erase(std::remove_if(text.begin(), text.end(), [](char c) { return c == '-' || c == ':'; }), text.end());
  return text + "Z";
}

// Whether `path` is `folder` or lies in it; both exist.
bool lies_in(const fs::path& path, const fs::path& folder) {
  const fs::path outer = fs::weakly_canonical(folder);
  const fs::path inner = fs::weakly_canonical(path);
  return std::mismatch(outer.begin(), outer.end(), inner.begin(), inner.end()).first == outer.end();
}

Result<fs::path> prepare_folder(const ControlRequest& request, const fs::path& data) {
  const fs::path folder(request.value("to"));
  if (!folder.is_absolute()) {
    return Error(ErrorKind::invalid_argument, "backup: --to names a folder by its whole path");
  }
  std::error_code failure;
  if (fs::create_directories(folder, failure)) fs::permissions(folder, fs::perms::owner_all, failure);
  if (failure) {
    return Error(ErrorKind::unavailable,
                 folder.string() + ": the server cannot make this folder: " + failure.message() +
                     "; make it, and give it to the server's user. A service in the sandbox of our package needs "
                     "ReadWritePaths= for it too (docs/backup.md)");
  }
  if (lies_in(folder, data)) {
    return Error(ErrorKind::invalid_argument, "backup: " + folder.string() +
                                                  " lies in the data folder, and would be lost with it; choose "
                                                  "another, best on another disk");
  }
  return folder;
}

Result<std::optional<std::size_t>> backups_to_keep(const ControlRequest& request) {
  const std::string_view text = request.value("keep");
  if (text.empty()) return std::optional<std::size_t>();
  std::size_t count = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), count);
  if (failure != std::errc() || end != text.data() + text.size() || count == 0) {
    return Error(ErrorKind::invalid_argument, "backup: --keep is a number from 1 on");
  }
  return std::optional(count);
}

bool is_backup(const fs::path& path, const std::string& suffix) {
  const std::string name = path.filename().string();
  const std::size_t length = std::string_view(backup_prefix).size() + time_length + suffix.size();
  return name.size() == length && name.starts_with(backup_prefix) && name.ends_with(suffix);
}

// Rising by time, as their names are.
Result<std::vector<fs::path>> backups_in(const fs::path& folder, const std::string& suffix) {
  std::error_code failure;
  std::vector<fs::path> backups;
  for (fs::directory_iterator entry(folder, failure), end; !failure && entry != end; entry.increment(failure)) {
    if (is_backup(entry->path(), suffix)) backups.push_back(entry->path());
  }
  if (failure) return Error(ErrorKind::unavailable, folder.string() + ": cannot be read: " + failure.message());
  std::sort(backups.begin(), backups.end());
  return backups;
}

// The oldest go, until `keep` are left; how many went.
Result<std::size_t> remove_old(const fs::path& folder, std::size_t keep) {
  const std::vector<fs::path> backups = TRY(backups_in(folder, backup_suffix));
  const std::size_t many = backups.size() > keep ? backups.size() - keep : 0;
  for (std::size_t i = 0; i < many; ++i) TRY(remove_durably(backups[i]));
  return many;
}

// What backups that were killed have left.
Result<void> remove_partial(const fs::path& folder) {
  const std::vector<fs::path> partial = TRY(backups_in(folder, partial_suffix));
  for (const fs::path& each : partial) TRY(remove_durably(each));
  return {};
}

Result<std::string> back_up(const ControlRequest& request, FolderServices& services) {
  const std::optional<std::size_t> keep = TRY(backups_to_keep(request));
  const fs::path folder = TRY(prepare_folder(request, services.data()));
  const Time now = services.clock().now();
  const std::string name = backup_prefix + compact(now) + backup_suffix;
  const fs::path file = folder / name;
  std::error_code ignored;
  if (fs::exists(file, ignored)) return Error(ErrorKind::already_exists, file.string() + ": is there already");

  // In the log before the copy, so that the copy knows of itself.
  std::string detail = "{\"name\":";
  append_json_string(detail, name);
  detail.push_back('}');
  const store::Mutation mutation{
      .record = {.kind = "store.backup", .actor = "operator", .time = now, .detail = std::move(detail)},
      .once = std::nullopt};
  const store::Applied applied = TRY(services.store().append(services.scope(), mutation));

  TRY(remove_partial(folder));
  const fs::path partial = folder / (backup_prefix + compact(now) + partial_suffix);
  TRY(services.store().copy_to(partial));
  // The keys after the database: of every face in it that was not erased meanwhile the key is there.
  const bool with_keys = request.value("without-keys").empty();
  const fs::path keys = services.data() / face_keys_name;
  const bool has_keys = fs::exists(keys, ignored);
  if (with_keys && has_keys) TRY(replace_secret_file(keys, folder / face_keys_name));
  TRY(rename_durably(partial, file));
  const std::size_t removed = keep ? TRY(remove_old(folder, *keep)) : 0;

  std::string text = "backup      " + file.string() + "\nsize        " + std::to_string(fs::file_size(file, ignored)) +
                     " bytes, checked\nlog record  " + std::to_string(applied.sequence) + "\nface keys   ";
  text += with_keys && has_keys ? (folder / face_keys_name).string() + ", replaced" : "not copied";
  text += "\nremoved     " + std::to_string(removed) + " older\n";
  return text + "The master key is not in it: keep a copy of that elsewhere.\n";
}

}  // namespace

void add_backup_command(ControlCommands& commands, FolderServices& services) {
  commands.add("backup", [&services](const ControlRequest& request) { return back_up(request, services); });
}

}  // namespace likeness::app
