// What an import has done already, in a file that survives its end at any instant.
//
// A first line says for which server and collection it is; then a line for each picture and what became of it, written
// and flushed before the import goes on. A picture is known by its path and the SHA-256 of its bytes: one that was
// changed is a new one. What follows the last line break is the rest of a line that was never finished, and is cut off.
// Of two lines for one picture the later one counts.
//
//   likeness-import 1 <TAB> what it is for
//   <64 hexadecimal digits of a SHA-256 over path and contents> <TAB> outcome <TAB> face id, or why not <TAB> path
//
// Bytes below 0x20, 0x7F and % in texts stand as %XX.
//
// Thread rule: thread-safe.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/crypto.h"
#include "base/result.h"
#include "base/thread_annotations.h"

namespace likeness::importer {

enum class Outcome : char {
  enrolled = 'e',    // the server has the face, and it is nobody's yet
  associated = 'a',  // and it is the person's: done
  refused = 'r',     // done, and it is not there
};

struct Entry {
  Outcome outcome = Outcome::refused;
  std::string detail;  // the face's id; if refused, why
};

struct JournalLine {
  Digest picture{};
  Entry entry;
};

// A line behind the first one, without its end. Nothing if it is no such line.
[[nodiscard]] std::optional<JournalLine> parse_journal_line(std::string_view line);

// Which picture an entry is about.
[[nodiscard]] Digest picture_key(std::string_view path, ByteSpan contents);

class Journal {
 public:
  // Makes the file if it is not there. `purpose`: the server, the collection and when that was made. Errors:
  // invalid_argument (it is for another purpose, or no journal), unavailable.
  [[nodiscard]] static Result<std::unique_ptr<Journal>> open(const std::filesystem::path& file,
                                                             std::string_view purpose);
  ~Journal();
  Journal(const Journal&) = delete;
  Journal& operator=(const Journal&) = delete;

  [[nodiscard]] std::optional<Entry> find(const Digest& picture) const;
  // On the disk when it returns. Errors: unavailable.
  [[nodiscard]] Result<void> add(const Digest& picture, const Entry& entry, std::string_view path);
  [[nodiscard]] std::size_t size() const;

 private:
  Journal(int descriptor, std::filesystem::path file) : descriptor_(descriptor), file_(std::move(file)) {}
  [[nodiscard]] Result<void> load(std::string_view purpose);
  [[nodiscard]] Result<void> append(const std::string& line) REQUIRES(mutex_);

  const int descriptor_;
  const std::filesystem::path file_;
  mutable Mutex mutex_;
  std::map<Digest, Entry> entries_ GUARDED_BY(mutex_);
};

}  // namespace likeness::importer
