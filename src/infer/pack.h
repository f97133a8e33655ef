// Installed model packs: folders <packs>/<name>/ with pack.toml and the model file that it names.
//
// Several folders of packs may be given, the operator's own last: a later one hides an earlier one of the same name.
//
// Thread rule: free functions that read the file system; callable from any thread.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/result.h"
#include "infer/manifest.h"

namespace likeness::infer {

struct Pack {
  Manifest manifest;
  std::filesystem::path file;  // the model file; its hash was right when the pack was opened; empty of a joined one
  std::vector<Pack> joined;    // the packs that manifest.joined names, in that order
};

using PackFolders = std::vector<std::filesystem::path>;

// Finds a pack by name and hashes its file.
// Errors: not_found (no such pack), invalid_argument (a pack for another task), unavailable (a file cannot be read),
// corrupt (the manifest is wrong, the model file is not the one it names, or a joined pack joins a joined one).
[[nodiscard]] Result<Pack> open_pack(const PackFolders& folders, const std::string& name, Task task);

enum class PackState { ok, missing, corrupt };

// The name of a state for people: "ok", "missing", "corrupt".
[[nodiscard]] const char* pack_state_name(PackState state);

struct PackListing {
  Manifest manifest;  // only `name` is set where the manifest itself does not parse
  PackState state = PackState::ok;
  std::string detail;  // what is wrong and where; empty when ok
};

// Every pack by name, for `likeness models`. A folder that does not exist counts as empty.
[[nodiscard]] std::vector<PackListing> list_packs(const PackFolders& folders);

}  // namespace likeness::infer
