// A checksum on every page of the database file, verified whenever a page is read: SQLite itself notices damage to its
// structure only, and gives back altered contents as they are.
//
// A shim between SQLite and the layer that reads and writes files (sqlite.org/vfs.html). The last 8 bytes of each page
// are reserved for the checksum; a page that does not match gives SQLITE_IOERR_DATA. Form and place are those of
// SQLite's own "checksum VFS shim" (sqlite.org/cksumvfs.html), which Debian does not build, so that SQLite's shell with
// that extension can verify our files too. Only the database file is covered: SQLite keeps checksums of its log itself
// (wal_check.h says what they leave open).
//
// Thread rule: may be used by connections of many threads. Ownership: registered with SQLite under a name of its own
// until it is destroyed; outlives the connections that were opened through it.
#pragma once

#include <memory>
#include <string>

#include "base/bytes.h"
#include "base/result.h"

namespace likeness::store {

constexpr int checksum_size = 8;  // bytes reserved at the end of each page

class ChecksumVfs {
 public:
  // On top of the layer that SQLite knows as `below`; empty: the operating system's. Errors: internal (no such layer).
  [[nodiscard]] static Result<std::unique_ptr<ChecksumVfs>> create(const std::string& below);
  ~ChecksumVfs();
  ChecksumVfs(const ChecksumVfs&) = delete;
  ChecksumVfs& operator=(const ChecksumVfs&) = delete;

  // What to open a connection with.
  [[nodiscard]] const std::string& name() const { return name_; }

 private:
  struct Layer;
  explicit ChecksumVfs(std::unique_ptr<Layer> layer, std::string name);
  std::unique_ptr<Layer> layer_;
  std::string name_;
};

// Whether the last 8 bytes of a page (512 to 65536 bytes, a power of two) are the checksum of the rest.
[[nodiscard]] bool page_checksum_matches(ByteSpan page);

}  // namespace likeness::store
