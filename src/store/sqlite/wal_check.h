// Looks through SQLite's write-ahead log before SQLite does, for what it would pass over in silence.
//
// SQLite takes the log up to the first frame whose checksum does not match: that is where a loss of power cut it off.
// A byte that was damaged later looks the same to it, and everything that was acknowledged behind it would be gone
// without a word. Here the two are told apart: the first frame of a transaction takes the checksum of the last commit
// on, so a frame that continues behind a commit proves that the commit was complete and on the disk. If such a proof
// lies behind the first frame that does not match, the log is damaged.
//
// What stays open: damage inside the newest transaction of a log that was not put away by an orderly stop cannot be
// told from a cut. A server that stops in order leaves no log.
//
// Source of the format: sqlite.org/fileformat.html, section 4.
//
// Thread rule: a free function. No other process may be writing the log.
#pragma once

#include <filesystem>
#include <iosfwd>

#include "base/result.h"

namespace likeness::store {

// `wal`: the path of the log; one that is not there is in order. Reads it once, a frame at a time.
// Errors: corrupt (damaged before its end), unavailable (cannot be read).
[[nodiscard]] Result<void> check_wal(const std::filesystem::path& wal);

// The same for a log that is read from `log`; `wal` is for the messages.
[[nodiscard]] Result<void> check_wal(std::istream& log, const std::filesystem::path& wal);

}  // namespace likeness::store
