#include "app/tls_init.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>
#include <system_error>

#include "app/private_file.h"
#include "base/certificate.h"

namespace likeness::app {

namespace {

namespace fs = std::filesystem;

Result<void> make_folder(const fs::path& folder) {
  std::error_code failure;
  for (const fs::path& made : {folder.parent_path(), folder}) {
    if (fs::create_directories(made, failure)) fs::permissions(made, fs::perms::owner_all, failure);
    if (failure) return Error(ErrorKind::unavailable, made.string() + ": cannot make the folder: " + failure.message());
  }
  return {};
}

Result<std::string> read_file(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return Error(ErrorKind::unavailable, path.string() + ": cannot read: " + std::strerror(errno));
  return std::string(std::istreambuf_iterator<char>(file), {});
}

Result<Certificate> authority_in(const fs::path& folder, Time now) {
  const fs::path pem = folder / "ca.pem";
  const fs::path key = folder / "ca-key.pem";
  if (fs::exists(pem) && fs::exists(key))
    return Certificate{.pem = TRY(read_file(pem)), .key_pem = TRY(read_file(key))};
  Certificate made = TRY(make_certificate_authority("Likeness local authority", now));
  TRY(write_private_file(key, made.key_pem));
  TRY(write_private_file(pem, made.pem));
  return made;
}

}  // namespace

Result<void> tls_init(const TlsInitOptions& options, const Clock& clock, std::ostream& out) {
  const fs::path folder = fs::absolute(options.data) / "tls";
  TRY(make_folder(folder));
  std::vector<std::string> hosts = {"localhost", "127.0.0.1", "::1"};
  for (const std::string& host : options.hosts) {
    if (std::find(hosts.begin(), hosts.end(), host) == hosts.end()) hosts.push_back(host);
  }
  const Certificate authority = TRY(authority_in(folder, clock.now()));
  const Result<Certificate> made = make_server_certificate(authority, hosts, clock.now());
  if (!made.ok()) return made.error().within(folder.string());
  TRY(write_private_file(folder / "server-key.pem", made->key_pem));
  TRY(write_private_file(folder / "server.pem", made->pem));

  out << "certificate for";
  for (const std::string& host : hosts) out << ' ' << host;
  out << "\nserver:  likeness serve --data " << options.data.string() << " --tls-cert "
      << (folder / "server.pem").string() << " --tls-key " << (folder / "server-key.pem").string()
      << "\nclients: export AWS_CA_BUNDLE=" << (folder / "ca.pem").string()
      << "\na server that runs with these files takes the new ones at SIGHUP\n";
  return {};
}

}  // namespace likeness::app
