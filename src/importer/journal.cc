#include "importer/journal.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <vector>

namespace likeness::importer {

namespace {

constexpr std::string_view head = "likeness-import 1\t";

std::string plain(std::string_view path) {
  std::string text;
  for (const char c : path) {
    const auto byte = static_cast<std::uint8_t>(c);
    if (byte >= 0x20 && byte != 0x7F && c != '%') {
      text.push_back(c);
    } else {
      text += '%' + to_hex(ByteSpan(&byte, 1));
    }
  }
  return text;
}

std::vector<std::string_view> fields_of(std::string_view line) {
  std::vector<std::string_view> fields;
  while (true) {
    const std::size_t tab = line.find('\t');
    fields.push_back(line.substr(0, tab));
    if (tab == std::string_view::npos) return fields;
    line.remove_prefix(tab + 1);
  }
}

// 0 to 15; 16 of what is no digit.
std::size_t digit_of(char c) { return std::min<std::size_t>(std::string_view("0123456789abcdef").find(c), 16); }

// What plain() was given. A % that it did not write stays.
std::string original(std::string_view text) {
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool is_code =
        text[i] == '%' && i + 2 < text.size() && digit_of(text[i + 1]) < 16 && digit_of(text[i + 2]) < 16;
    if (!is_code) {
      result.push_back(text[i]);
      continue;
    }
    result.push_back(static_cast<char>(digit_of(text[i + 1]) * 16 + digit_of(text[i + 2])));
    i += 2;
  }
  return result;
}

std::optional<Digest> digest_of(std::string_view hex) {
  Digest digest{};
  if (hex.size() != 2 * digest.size()) return std::nullopt;
  for (std::size_t i = 0; i < hex.size(); ++i) {
    const std::size_t value = digit_of(hex[i]);
    if (value > 15) return std::nullopt;
    digest[i / 2] = static_cast<std::uint8_t>(static_cast<std::size_t>(digest[i / 2]) * 16 + value);
  }
  return digest;
}

bool is_outcome(std::string_view text) { return text == "e" || text == "a" || text == "r"; }

}  // namespace

std::optional<JournalLine> parse_journal_line(std::string_view line) {
  const std::vector<std::string_view> fields = fields_of(line);
  const std::optional<Digest> picture = digest_of(fields.front());
  if (fields.size() != 4 || !picture || !is_outcome(fields[1])) return std::nullopt;
  return JournalLine{*picture, {static_cast<Outcome>(fields[1].front()), original(fields[2])}};
}

Digest picture_key(std::string_view path, ByteSpan contents) {
  const Digest of_contents = sha256(contents);
  Bytes both(of_contents.begin(), of_contents.end());
  const ByteSpan name = as_bytes(path);
  both.insert(both.end(), name.begin(), name.end());
  return sha256(both);
}

Result<std::unique_ptr<Journal>> Journal::open(const std::filesystem::path& file, std::string_view purpose) {
  const int descriptor = ::open(file.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (descriptor < 0) {
    return Error(ErrorKind::unavailable, file.string() + ": cannot be written: " + std::strerror(errno));
  }
  std::unique_ptr<Journal> journal(new Journal(descriptor, file));
  if (::flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
    return Error(ErrorKind::unavailable, file.string() + ": another import writes it; wait for that, or use --state");
  }
  TRY(journal->load(purpose));
  return journal;
}

Journal::~Journal() { ::close(descriptor_); }

Result<void> Journal::load(std::string_view purpose) {
  const MutexLock lock(mutex_);
  const Error foreign(
      ErrorKind::invalid_argument,
      file_.string() +
          ": this is the state of another import (server, region or collection, or one that was deleted "
          "and made again under this name); name another file with --state");
  const std::string first = std::string(head) + plain(purpose);
  std::ifstream text(file_, std::ios::binary);
  std::uint64_t whole = 0;  // bytes up to the last line break
  std::string line;
  while (std::getline(text, line) && !text.eof()) {
    const std::uint64_t before = whole;
    whole += line.size() + 1;
    if (before == 0) {
      if (line != first) return foreign;
      continue;
    }
    const std::optional<JournalLine> entry = parse_journal_line(line);
    if (!entry) {
      return Error(ErrorKind::corrupt, file_.string() +
                                           ": is damaged; remove it to begin again: what is on the server "
                                           "already is not enrolled twice");
    }
    entries_[entry->picture] = entry->entry;
  }
  // The rest behind the last line break; of a file without one, a first line that was never finished.
  const bool is_ours = head.starts_with(line) || line.starts_with(head);
  if (whole == 0 && !is_ours) return foreign;
  if (::ftruncate(descriptor_, static_cast<off_t>(whole)) != 0) {
    return Error(ErrorKind::unavailable, file_.string() + ": cannot be written: " + std::strerror(errno));
  }
  return whole == 0 ? append(first + '\n') : Result<void>();
}

std::optional<Entry> Journal::find(const Digest& picture) const {
  const MutexLock lock(mutex_);
  const auto found = entries_.find(picture);
  return found == entries_.end() ? std::nullopt : std::optional(found->second);
}

Result<void> Journal::add(const Digest& picture, const Entry& entry, std::string_view path) {
  const MutexLock lock(mutex_);
  TRY(append(to_hex(picture) + '\t' + static_cast<char>(entry.outcome) + '\t' + plain(entry.detail) + '\t' +
             plain(path) + '\n'));
  entries_[picture] = entry;
  return {};
}

std::size_t Journal::size() const {
  const MutexLock lock(mutex_);
  return entries_.size();
}

Result<void> Journal::append(const std::string& line) {
  std::string_view left = line;
  while (!left.empty()) {
    const ssize_t count = ::write(descriptor_, left.data(), left.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) {
      return Error(ErrorKind::unavailable, file_.string() + ": cannot be written: " + std::strerror(errno));
    }
    left.remove_prefix(static_cast<std::size_t>(count));
  }
  if (::fdatasync(descriptor_) != 0) {
    return Error(ErrorKind::unavailable, file_.string() + ": cannot be flushed: " + std::strerror(errno));
  }
  return {};
}

}  // namespace likeness::importer
