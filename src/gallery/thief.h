// A thief who has copies of a data folder and of backups, and the master key: what can be read of the faces in them?
//
// The thief is not polite: bytes of every file are searched for anything that looks like a key slot, at any place, and
// every template that any copy of the database holds, also in its log, is tried with every key.
//
// Linked into tests only. Thread rule: one thread.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "base/sealing.h"
#include "store/scope.h"

namespace likeness::gallery {

struct StolenFace {
  std::string id;
  std::vector<float> vector;
};

struct ThiefKnows {
  store::Scope scope;
  std::string collection;
  SecretKey wrapping;  // derived from the master key
};

class Thief {
 public:
  // `work`: an empty folder to unpack the loot in.
  Thief(ThiefKnows knows, std::filesystem::path work) : knows_(std::move(knows)), work_(std::move(work)) {}

  // Every file of a folder.
  void take(const std::filesystem::path& folder);
  // All that can be read; a face as often as there are copies of it. Errors: those of the store.
  [[nodiscard]] Result<std::vector<StolenFace>> read();
  // That were tried.
  [[nodiscard]] std::size_t templates() const { return templates_.size(); }

 private:
  struct Template {
    std::string face;
    Bytes sealed;
  };
  [[nodiscard]] Result<void> read_databases();
  [[nodiscard]] std::vector<SecretKey> keys_of(const std::string& owner) const;

  const ThiefKnows knows_;
  const std::filesystem::path work_;
  std::vector<Bytes> files_;
  std::vector<std::filesystem::path> databases_;
  std::vector<Template> templates_;
};

}  // namespace likeness::gallery
