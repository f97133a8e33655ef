// `likeness tls init`: a certificate authority of one's own and a server's certificate signed by it, for trying TLS.
//
//   DATA/tls/ca.pem          give this to clients (AWS_CA_BUNDLE)
//   DATA/tls/ca-key.pem      whoever has it can be any host to those clients: keep it, or throw it away
//   DATA/tls/server.pem      --tls-cert
//   DATA/tls/server-key.pem  --tls-key
//
// All have mode 0600. An authority that is there is kept, so that clients need to be told once; the server's
// certificate is made anew.
//
// Thread rule: called once, from main().
#pragma once

#include <filesystem>
#include <ostream>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/time.h"

namespace likeness::app {

struct TlsInitOptions {
  std::filesystem::path data;
  std::vector<std::string> hosts;  // besides localhost, 127.0.0.1 and ::1
};

// Says on `out` what was made and how it is used. Errors: invalid_argument (a host is none, or the authority that is
// there cannot be used), unavailable (a file cannot be read or written).
[[nodiscard]] Result<void> tls_init(const TlsInitOptions& options, const Clock& clock, std::ostream& out);

}  // namespace likeness::app
