#include "app/restore_marker.h"

#include "app/durable_files.h"
#include "app/private_file.h"

namespace likeness::app {

namespace {

constexpr const char* marker_name = "restore-begun";

}  // namespace

Result<void> mark_restore_begun(const std::filesystem::path& data) {
  TRY(write_private_file(data / marker_name, "A restore of this folder was begun. Run `likeness restore` again.\n"));
  return flush_folder(data);
}

Result<void> mark_restore_done(const std::filesystem::path& data) { return remove_durably(data / marker_name); }

Result<void> refuse_half_restored(const std::filesystem::path& data) {
  std::error_code failure;
  if (!std::filesystem::exists(data / marker_name, failure)) return {};
  return Error(
      ErrorKind::unavailable,
      data.string() + ": a restore of this data folder was begun and did not end; run `likeness restore` again");
}

}  // namespace likeness::app
