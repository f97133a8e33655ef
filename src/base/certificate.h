// Certificates of one's own making: a certificate authority and what it signs, for trying TLS and for machines that
// only know each other. X.509 version 3 (RFC 5280) with ECDSA on P-256, over OpenSSL.
//
// Thread rule: free functions on values.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "base/time.h"

namespace likeness {

struct Certificate {
  std::string pem;      // the certificate
  std::string key_pem;  // its private key (PKCS #8, without a passphrase): a secret
};

// An authority that may sign servers and nothing else, valid for ten years from `now`. `name` is what people see, 1 to
// 64 bytes. Errors: invalid_argument (the name), internal (OpenSSL, or no memory).
[[nodiscard]] Result<Certificate> make_certificate_authority(const std::string& name, Time now);

// A server's certificate, signed by the authority, valid for 397 days from `now` (what browsers accept at most) or
// until the authority's end. `hosts`: names ("photos.example", "*.example") and addresses ("127.0.0.1", "::1"), at
// least one and at most 100; the first is also its common name. Errors: invalid_argument (a host is neither, or the
// authority's PEM cannot be used), internal.
[[nodiscard]] Result<Certificate> make_server_certificate(const Certificate& authority,
                                                          const std::vector<std::string>& hosts, Time now);

}  // namespace likeness
