// The certificate that a listener shows, and the rules of TLS that go with it: 1.2 and 1.3, forward secrecy and
// authenticated encryption only (Mozilla's "intermediate" profile without its DHE suites), no renegotiation, no
// compression, session tickets instead of a session cache (nothing is kept for a client that went away), ALPN
// "http/1.1".
//
// The files can be replaced while the server runs: reload() reads them again, and connections made from then on get
// the new certificate. What cannot be used (unreadable, no PEM, a key of another certificate) changes nothing.
//
// Thread rule: all methods may be called from any thread.
// Ownership: a context that was handed out lives as long as somebody keeps it, also after a reload.
#pragma once

#include <boost/asio/ssl/context.hpp>
#include <memory>
#include <string>

#include "base/result.h"
#include "base/thread_annotations.h"
#include "base/time.h"

namespace likeness::server {

// Paths of PEM files.
struct TlsFiles {
  std::string certificate;  // the server's certificate first, then those between it and the authority's
  std::string key;          // of the server's certificate; without a passphrase
};

class TlsIdentity {
 public:
  // Errors: invalid_argument (a file cannot be read or is no PEM, or they do not belong together), internal (OpenSSL).
  [[nodiscard]] static Result<std::unique_ptr<TlsIdentity>> load(const TlsFiles& files);

  // Reads the files again. Errors: as load(); then the certificate that was there stays.
  [[nodiscard]] Result<void> reload();

  // For the next connection.
  [[nodiscard]] std::shared_ptr<boost::asio::ssl::context> context() const;
  // When the certificate that is shown ends.
  [[nodiscard]] Time not_after() const;

 private:
  struct Loaded {
    std::shared_ptr<boost::asio::ssl::context> context;
    Time not_after;
  };
  TlsIdentity(TlsFiles files, Loaded loaded);
  [[nodiscard]] static Result<Loaded> read(const TlsFiles& files);

  const TlsFiles files_;
  mutable Mutex mutex_;
  Loaded loaded_ GUARDED_BY(mutex_);
};

}  // namespace likeness::server
