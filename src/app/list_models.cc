#include "app/list_models.h"

#include <ostream>
#include <string>

#include "app/pack_folders.h"
#include "infer/pack.h"

namespace likeness::app {

Result<void> list_models(const std::vector<std::filesystem::path>& packs, std::ostream& out) {
  const std::vector<std::filesystem::path> folders = TRY(pack_folders(packs));
  const std::vector<infer::PackListing> listings = infer::list_packs(folders);
  if (listings.empty()) return Error(ErrorKind::not_found, folders.front().string() + ": holds no model pack");
  bool whole = true;
  for (const infer::PackListing& listing : listings) {
    const infer::Manifest& manifest = listing.manifest;
    out << manifest.name << "\n  state       " << infer::pack_state_name(listing.state);
    if (!listing.detail.empty()) out << ": " << listing.detail;
    out << "\n  task        " << infer::task_name(manifest.task) << "\n  version     " << manifest.version
        << "\n  licence     " << manifest.licence << "\n  file        " << manifest.file << "\n  sha256      "
        << manifest.sha256 << "\n  provenance  " << manifest.provenance << "\n\n";
    whole = whole && listing.state == infer::PackState::ok;
  }
  if (!whole) return Error(ErrorKind::corrupt, "not every pack is whole; `make deps` in a checkout fetches them again");
  return {};
}

}  // namespace likeness::app
