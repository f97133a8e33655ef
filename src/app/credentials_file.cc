#include "app/credentials_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <string>
#include <string_view>
#include <utility>

namespace likeness::app {

namespace {

Error unavailable(const std::filesystem::path& path, const char* what) {
  return {ErrorKind::unavailable, path.string() + ": cannot " + what + ": " + std::strerror(errno)};
}

Result<keys::NewKey> read_key(std::ifstream& file, const std::filesystem::path& path) {
  keys::NewKey key;
  std::string line;
  while (std::getline(file, line)) {
    const std::size_t equals = line.find('=');
    if (equals == std::string::npos) continue;
    const auto trim = [](std::string_view text) {
      while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
      while (!text.empty() && (text.back() == ' ' || text.back() == '\r')) text.remove_suffix(1);
      return std::string(text);
    };
    const std::string name = trim(std::string_view(line).substr(0, equals));
    const std::string value = trim(std::string_view(line).substr(equals + 1));
    if (name == "aws_access_key_id") key.id = value;
    if (name == "aws_secret_access_key") key.secret = value;
  }
  if (!keys::is_key_id(key.id) || key.secret.empty()) {
    return Error(ErrorKind::corrupt, path.string() +
                                         ": holds no aws_access_key_id and aws_secret_access_key; remove the " +
                                         "file to have a new key made");
  }
  return key;
}

// Written aside, flushed to the disk and renamed: a file that is there is whole.
Result<void> write_key(const keys::NewKey& key, const std::filesystem::path& path) {
  const std::string text =
      "# The first administrator of this Likeness server. Keep it secret.\n[default]\naws_access_key_id = " + key.id +
      "\naws_secret_access_key = " + key.secret + "\n";
  const std::filesystem::path aside = path.string() + ".new";
  const int file = ::open(aside.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (file < 0) return unavailable(aside, "create");
  const bool written =
      ::write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size()) && ::fsync(file) == 0;
  ::close(file);
  if (!written) return unavailable(aside, "write");
  if (::rename(aside.c_str(), path.c_str()) != 0) return unavailable(path, "write");
  return {};
}

}  // namespace

Result<std::optional<keys::NewKey>> existing_administrator_key(const std::filesystem::path& data) {
  const char* id = std::getenv("LIKENESS_ACCESS_KEY_ID");
  const char* secret = std::getenv("LIKENESS_SECRET_ACCESS_KEY");
  if ((id != nullptr) != (secret != nullptr)) {
    return Error(ErrorKind::invalid_argument,
                 "set both LIKENESS_ACCESS_KEY_ID and LIKENESS_SECRET_ACCESS_KEY, or neither");
  }
  if (id != nullptr) {
    if (!keys::is_key_id(id) || *secret == '\0') {
      return Error(
          ErrorKind::invalid_argument,
          "LIKENESS_ACCESS_KEY_ID must be 1 to 128 letters, digits, '.', '_' or '-', and the secret not empty");
    }
    return std::optional(keys::NewKey{.id = id, .secret = secret});
  }
  const std::filesystem::path path = data / "credentials";
  std::ifstream file(path);
  if (file) return std::optional(TRY(read_key(file, path)));
  if (std::filesystem::exists(path)) return unavailable(path, "read");
  return std::optional<keys::NewKey>();
}

Result<keys::NewKey> administrator_key(const std::filesystem::path& data) {
  std::optional<keys::NewKey> existing = TRY(existing_administrator_key(data));
  if (existing) return *std::move(existing);
  keys::NewKey key = keys::make_key(keys::lasting_prefix);
  TRY(write_key(key, data / "credentials"));
  return key;
}

}  // namespace likeness::app
