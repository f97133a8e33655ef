#include "gallery/thief.h"

#include <algorithm>
#include <array>
#include <fstream>
#include <iterator>

#include "gallery/half_floats.h"
#include "gallery/key_slots.h"
#include "store/limits.h"
#include "store/sqlite/sqlite_store.h"

namespace likeness::gallery {

namespace fs = std::filesystem;

namespace {

Bytes read_file(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

// More than the servers of tests ever gave out.
constexpr int most_slots = 64;

}  // namespace

void Thief::take(const fs::path& folder) {
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (!entry.is_regular_file()) continue;
    files_.push_back(read_file(entry.path()));
    const std::string name = entry.path().filename().string();
    if (name.starts_with("likeness") && name.ends_with(".db")) databases_.push_back(entry.path());
  }
}

// What every copy of the database says that there is, or was.
Result<void> Thief::read_databases() {
  int number = 0;
  for (const fs::path& database : databases_) {
    const fs::path copy = work_ / std::to_string(number++);
    fs::create_directories(copy);
    for (const char* suffix : {"", "-wal"}) {
      const fs::path part = database.string() + suffix;
      if (fs::exists(part)) fs::copy_file(part, copy / (std::string("likeness.db") + suffix));
    }
    const auto store = TRY(store::SqliteStore::open({.file = copy / "likeness.db", .readers = 1}, Time{}));
    Result<std::vector<store::FaceTemplate>> found =
        store->templates(knows_.scope, knows_.collection, 0, store::limits::page);
    if (!found.ok() && found.error().kind == ErrorKind::not_found) continue;  // a copy from before the collection
    if (!found.ok()) return found.error();
    for (store::FaceTemplate& each : *found) templates_.push_back({each.face_id, std::move(each.sealed_template)});
  }
  return {};
}

// Every key that any file holds at any place, for the owner and any slot number.
std::vector<SecretKey> Thief::keys_of(const std::string& owner) const {
  std::vector<SecretKey> keys;
  constexpr std::array<std::uint8_t, 4> magic{'L', 'K', 'K', 1};
  for (const Bytes& file : files_) {
    for (auto at = file.begin(); (at = std::search(at, file.end(), magic.begin(), magic.end())) != file.end(); ++at) {
      if (file.end() - at < static_cast<std::ptrdiff_t>(KeySlots::slot_bytes)) break;
      const ByteSpan sealed(&*at + magic.size(), KeySlots::slot_bytes - magic.size());
      for (int slot = 1; slot < most_slots; ++slot) {
        const std::string place = "slot " + std::to_string(slot) + " of " + owner;
        const Result<SecretBytes> key = open_sealed(knows_.wrapping, sealed, as_bytes(place));
        if (key.ok()) keys.emplace_back(key->bytes().first<SecretKey::size>());
      }
    }
  }
  return keys;
}

Result<std::vector<StolenFace>> Thief::read() {
  TRY(read_databases());
  std::vector<StolenFace> faces;
  for (const Template& each : templates_) {
    const std::string owner =
        knows_.scope.account + '/' + knows_.scope.region + "/collection/" + knows_.collection + "/face/" + each.face;
    const std::vector<SecretKey> keys = keys_of(owner);
    for (const SecretKey& key : keys) {
      const Result<SecretBytes> opened = open_sealed(key, each.sealed, as_bytes(owner));
      if (opened.ok()) faces.push_back({each.face, from_half_floats(opened->bytes())});
    }
  }
  return faces;
}

}  // namespace likeness::gallery
