#include "app/master_key.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>

#include "base/crypto.h"

namespace likeness::app {

namespace {

constexpr std::size_t digits = 2 * SecretKey::size;
constexpr const char* check_name = "master-key.check";

Error unavailable(const std::filesystem::path& path, const char* what) {
  return {ErrorKind::unavailable, path.string() + ": cannot " + what + " the master key: " + std::strerror(errno)};
}

std::optional<std::uint8_t> nibble(char c) {
  if (c >= '0' && c <= '9') return static_cast<std::uint8_t>(c - '0');
  if (c >= 'a' && c <= 'f') return static_cast<std::uint8_t>(c - 'a' + 10);
  if (c >= 'A' && c <= 'F') return static_cast<std::uint8_t>(c - 'A' + 10);
  return std::nullopt;
}

// 64 digits and at most one line end.
std::optional<SecretKey> parse_key(std::string_view text) {
  if (text.ends_with('\n')) text.remove_suffix(1);
  if (text.size() != digits) return std::nullopt;
  std::array<std::uint8_t, SecretKey::size> bytes{};
  bool good = true;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const auto high = nibble(text[2 * i]);
    const auto low = nibble(text[2 * i + 1]);
    good = good && high && low;
    bytes[i] = static_cast<std::uint8_t>((high.value_or(0) << 4) | low.value_or(0));
  }
  std::optional<SecretKey> key;
  if (good) key.emplace(bytes);
  wipe(bytes);
  return key;
}

// `forbidden`: permission bits that must not be set.
Result<SecretKey> read_key(const std::filesystem::path& path, mode_t forbidden) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return unavailable(path, "read");
  struct stat status = {};
  if (::fstat(file, &status) != 0 || (status.st_mode & forbidden) != 0) {
    ::close(file);
    return Error(ErrorKind::access_denied,
                 path.string() +
                     ": others can read the master key; take that away with chmod 600, and think of a new "
                     "key if the file has been like this for long");
  }
  std::array<std::uint8_t, digits + 2> text{};  // one more than a key can have: what is longer is no key
  const ssize_t size = ::read(file, text.data(), text.size());
  ::close(file);
  if (size < 0) return unavailable(path, "read");
  std::optional<SecretKey> key =
      parse_key({reinterpret_cast<const char*>(text.data()), static_cast<std::size_t>(size)});
  wipe(text);
  if (!key) {
    return Error(ErrorKind::corrupt,
                 path.string() + ": a master key is 64 hexadecimal digits (openssl rand -hex 32 makes one)");
  }
  return std::move(*key);
}

// Written aside, flushed to the disk and renamed: a file that is there is whole.
Result<SecretKey> make_key(const std::filesystem::path& path) {
  SecretKey key = SecretKey::random();
  std::string text = to_hex(key.bytes()) + "\n";
  const std::filesystem::path aside = path.string() + ".new";
  const int file = ::open(aside.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (file < 0) return unavailable(aside, "make");
  const bool written =
      ::write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size()) && ::fsync(file) == 0;
  wipe({reinterpret_cast<std::uint8_t*>(text.data()), text.size()});
  ::close(file);
  if (!written) return unavailable(aside, "write");
  if (::rename(aside.c_str(), path.c_str()) != 0) return unavailable(path, "make");
  const int folder = ::open(path.parent_path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  const bool kept = folder >= 0 && ::fsync(folder) == 0;
  if (folder >= 0) ::close(folder);
  if (!kept) return unavailable(path, "make");
  return key;
}

constexpr mode_t group_and_others = S_IRWXG | S_IRWXO;

Result<LoadedMasterKey> demo_key(const std::filesystem::path& data, MissingMasterKey missing) {
  const std::filesystem::path path = data / "master-key";
  std::error_code failure;
  if (std::filesystem::exists(path, failure)) {
    return LoadedMasterKey{
        .key = MasterKey(TRY(read_key(path, group_and_others))), .file = path, .in_data_folder = true};
  }
  if (missing == MissingMasterKey::is_an_error || std::filesystem::exists(data / "likeness.db", failure)) {
    return Error(ErrorKind::unavailable, path.string() +
                                             ": the master key of this data folder is not here; name its file with "
                                             "--master-key-file or LIKENESS_MASTER_KEY_FILE");
  }
  return LoadedMasterKey{.key = MasterKey(TRY(make_key(path))), .file = path, .in_data_folder = true};
}

}  // namespace

Result<LoadedMasterKey> load_master_key(const std::filesystem::path& data, const std::filesystem::path& named,
                                        MissingMasterKey missing) {
  std::filesystem::path file = named;
  if (const char* variable = std::getenv("LIKENESS_MASTER_KEY_FILE"); file.empty() && variable != nullptr) {
    file = variable;
  }
  if (!file.empty()) {
    return LoadedMasterKey{
        .key = MasterKey(TRY(read_key(file, group_and_others))), .file = file, .in_data_folder = false};
  }
  if (const char* credentials = std::getenv("CREDENTIALS_DIRECTORY"); credentials != nullptr) {
    file = std::filesystem::path(credentials) / "likeness-master-key";
    std::error_code failure;
    if (std::filesystem::exists(file, failure)) {
      // systemd lets the service in by an access list, whose mask shows as the group's bits.
      return LoadedMasterKey{.key = MasterKey(TRY(read_key(file, S_IRWXO))), .file = file, .in_data_folder = false};
    }
  }
  return demo_key(data, missing);
}

Result<void> check_master_key(store::Store& store, const MasterKey& key, Time now) {
  const SecretKey derived = key.derive("likeness master key check");
  const Bytes expected(derived.bytes().begin(), derived.bytes().end());
  const Result<Bytes> kept = store.setting(store::server_scope(), check_name);
  if (kept.ok()) {
    if (constant_time_equal(*kept, expected)) return {};
    return Error(ErrorKind::access_denied,
                 "this master key is not the one that the data folder was made with; give the right one with "
                 "--master-key-file or LIKENESS_MASTER_KEY_FILE");
  }
  if (kept.error().kind != ErrorKind::not_found) return kept.error();
  const store::Mutation mutation{.record = {.kind = "master-key.set", .actor = "operator", .time = now, .detail = "{}"},
                                 .once = std::nullopt};
  (void)TRY(store.put_setting(store::server_scope(), check_name, expected, mutation));
  return {};
}

}  // namespace likeness::app
