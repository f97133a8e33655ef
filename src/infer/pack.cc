#include "infer/pack.h"

#include <fstream>
#include <map>
#include <optional>
#include <sstream>
#include <system_error>

#include "base/bytes.h"
#include "base/crypto.h"

namespace likeness::infer {
namespace {

namespace fs = std::filesystem;

Result<std::string> read_text(const fs::path& path) {
  std::ifstream stream(path, std::ios::binary);
  std::ostringstream text;
  if (!stream || !(text << stream.rdbuf())) return Error(ErrorKind::unavailable, path.string() + " cannot be read");
  return text.str();
}

Result<Digest> hash_file(const fs::path& path) {
  std::ifstream stream(path, std::ios::binary);
  if (!stream) return Error(ErrorKind::unavailable, path.string() + " cannot be read");
  Sha256 hash;
  std::vector<char> block(std::size_t{1} << 16U);
  while (stream) {
    stream.read(block.data(), static_cast<std::streamsize>(block.size()));
    hash.update(as_bytes({block.data(), static_cast<std::size_t>(stream.gcount())}));
  }
  if (!stream.eof()) return Error(ErrorKind::unavailable, path.string() + " cannot be read to its end");
  return hash.finish();
}

Result<Manifest> read_manifest(const fs::path& folder) {
  const fs::path path = folder / "pack.toml";
  const std::string text = TRY(read_text(path));
  Result<Manifest> manifest = parse_manifest(text);
  if (!manifest.ok()) return manifest.error().within(path.string());
  if (manifest->name != folder.filename().string()) {
    return Error(ErrorKind::corrupt, path.string() + ": \"name\" must be the name of its folder");
  }
  return manifest;
}

Result<Pack> open_folder(const fs::path& folder, const PackFolders& folders);

// Where the pack of that name is: the last folder that has it.
std::optional<fs::path> find_pack(const PackFolders& folders, const std::string& name) {
  for (auto packs = folders.rbegin(); packs != folders.rend(); ++packs) {
    std::error_code ignored;
    if (fs::exists(*packs / name / "pack.toml", ignored)) return *packs / name;
  }
  return std::nullopt;
}

// Only packs with a file are opened: none that joins others, whatever it joins.
Result<void> open_joined(const PackFolders& folders, Pack& pack) {
  for (const JoinedPack& member : pack.manifest.joined) {
    const std::optional<fs::path> folder = find_pack(folders, member.name);
    if (folder) {
      const Result<Manifest> manifest = read_manifest(*folder);
      if (manifest.ok() && !manifest->joined.empty()) {
        return Error(ErrorKind::corrupt, "pack " + pack.manifest.name + " joins " + member.name +
                                             ", which is joined itself; name its members");
      }
    }
    Result<Pack> opened = open_pack(folders, member.name, pack.manifest.task);
    if (!opened.ok()) return opened.error().within("pack " + pack.manifest.name);
    pack.joined.push_back(*std::move(opened));
  }
  return {};
}

// `folders`: where the packs are that it joins.
Result<Pack> open_folder(const fs::path& folder, const PackFolders& folders) {
  Pack pack;
  pack.manifest = TRY(read_manifest(folder));
  if (!pack.manifest.joined.empty()) {
    TRY(open_joined(folders, pack));
    return pack;
  }
  pack.file = folder / pack.manifest.file;
  const Digest digest = TRY(hash_file(pack.file));
  if (to_hex(digest) != pack.manifest.sha256) {
    return Error(ErrorKind::corrupt, pack.file.string() + " does not have the SHA-256 that its pack.toml names; " +
                                         "delete the file and run tools/fetch_packs, or install the pack again");
  }
  return pack;
}

}  // namespace

Result<Pack> open_pack(const PackFolders& folders, const std::string& name, Task task) {
  const std::optional<fs::path> folder = find_pack(folders, name);
  if (!folder) {
    return Error(ErrorKind::not_found,
                 "no model pack is called " + name + "; `likeness models` lists what is installed");
  }
  Pack pack = TRY(open_folder(*folder, folders));
  if (pack.manifest.task != task) {
    return Error(ErrorKind::invalid_argument,
                 "pack " + name + " is for " + task_name(pack.manifest.task) + ", not for " + task_name(task));
  }
  return pack;
}

const char* pack_state_name(PackState state) {
  switch (state) {
    case PackState::ok: return "ok";
    case PackState::missing: return "missing";
    case PackState::corrupt: return "corrupt";
  }
  return "unknown";
}

std::vector<PackListing> list_packs(const PackFolders& folders) {
  std::map<std::string, PackListing> by_name;
  for (const fs::path& packs : folders) {
    std::error_code error;
    for (fs::directory_iterator entry(packs, error), end; !error && entry != end; entry.increment(error)) {
      const fs::path folder = entry->path();
      std::error_code ignored;
      if (!fs::exists(folder / "pack.toml", ignored)) continue;
      PackListing listing;
      listing.manifest.name = folder.filename().string();
      Result<Manifest> manifest = read_manifest(folder);
      if (manifest.ok()) listing.manifest = *std::move(manifest);
      const Result<Pack> pack = open_folder(folder, folders);
      if (!pack.ok()) {
        listing.state = pack.error().kind == ErrorKind::unavailable ? PackState::missing : PackState::corrupt;
        listing.detail = pack.error().message;
      }
      by_name[listing.manifest.name] = std::move(listing);
    }
  }
  std::vector<PackListing> listings;
  listings.reserve(by_name.size());
  for (auto& [name, listing] : by_name) listings.push_back(std::move(listing));
  return listings;
}

}  // namespace likeness::infer
