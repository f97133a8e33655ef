#include "base/certificate.h"

#include <arpa/inet.h>
#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <ctime>
#include <memory>

namespace likeness {

namespace {

template <auto release>
struct Releaser {
  template <typename T>
  void operator()(T* object) const {
    release(object);
  }
};
using Key = std::unique_ptr<EVP_PKEY, Releaser<EVP_PKEY_free>>;
using X509Pointer = std::unique_ptr<X509, Releaser<X509_free>>;
using Extension = std::unique_ptr<X509_EXTENSION, Releaser<X509_EXTENSION_free>>;
using Text = std::unique_ptr<BIO, Releaser<BIO_free_all>>;
using Number = std::unique_ptr<BIGNUM, Releaser<BN_free>>;

constexpr auto authority_life = std::chrono::days(3650);
constexpr auto server_life = std::chrono::days(397);
constexpr auto clock_skew = std::chrono::minutes(5);  // a client whose clock is a little behind believes it too
constexpr std::size_t max_hosts = 100;

Error internal(const char* what) { return {ErrorKind::internal, std::string("OpenSSL cannot make ") + what}; }

std::string text_of(BIO* bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio, &data);
  return {data, static_cast<std::size_t>(std::max(0L, size))};
}

Result<std::string> pem_of(X509* certificate) {
  const Text out(BIO_new(BIO_s_mem()));
  if (!out || PEM_write_bio_X509(out.get(), certificate) != 1) return internal("a certificate's PEM");
  return text_of(out.get());
}

Result<std::string> pem_of(EVP_PKEY* key) {
  const Text out(BIO_new(BIO_s_secmem()));
  if (!out || PEM_write_bio_PKCS8PrivateKey(out.get(), key, nullptr, nullptr, 0, nullptr, nullptr) != 1) {
    return internal("a key's PEM");
  }
  return text_of(out.get());
}

// An encrypted key fails instead of asking at a terminal.
int no_passphrase(char* /*buffer*/, int /*size*/, int /*writing*/, void* /*unused*/) { return -1; }

struct Issuer {
  X509Pointer certificate;
  Key key;
};

Result<Issuer> read_issuer(const Certificate& authority) {
  const Text certificate(BIO_new_mem_buf(authority.pem.data(), static_cast<int>(authority.pem.size())));
  const Text key(BIO_new_mem_buf(authority.key_pem.data(), static_cast<int>(authority.key_pem.size())));
  Issuer issuer;
  if (certificate) issuer.certificate.reset(PEM_read_bio_X509(certificate.get(), nullptr, no_passphrase, nullptr));
  if (key) issuer.key.reset(PEM_read_bio_PrivateKey(key.get(), nullptr, no_passphrase, nullptr));
  if (!issuer.certificate || !issuer.key || X509_check_private_key(issuer.certificate.get(), issuer.key.get()) != 1) {
    return Error(ErrorKind::invalid_argument, "the certificate authority and its key are no PEM, or no pair");
  }
  return issuer;
}

bool add_extension(X509* certificate, X509* issuer, int id, const std::string& value) {
  X509V3_CTX context = {};
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  const Extension extension(X509V3_EXT_conf_nid(nullptr, &context, id, value.c_str()));
  return extension && X509_add_ext(certificate, extension.get(), -1) == 1;
}

// 159 random bits, positive: RFC 5280 section 4.1.2.2 allows 20 bytes.
bool set_serial(X509* certificate) {
  const Number number(BN_new());
  return number && BN_rand(number.get(), 159, BN_RAND_TOP_ONE, BN_RAND_BOTTOM_ANY) == 1 &&
         BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(certificate)) != nullptr;
}

std::time_t seconds_of(Time time) { return std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count(); }

// Version, serial number, subject, life and key; not yet issuer, extensions and signature.
Result<X509Pointer> begin(const std::string& common_name, EVP_PKEY* key, Time from, Time to) {
  X509Pointer certificate(X509_new());
  if (!certificate || X509_set_version(certificate.get(), X509_VERSION_3) != 1 || !set_serial(certificate.get()) ||
      ASN1_TIME_set(X509_getm_notBefore(certificate.get()), seconds_of(from)) == nullptr ||
      ASN1_TIME_set(X509_getm_notAfter(certificate.get()), seconds_of(to)) == nullptr ||
      X509_set_pubkey(certificate.get(), key) != 1) {
    return internal("a certificate");
  }
  const auto* text = reinterpret_cast<const unsigned char*>(common_name.data());
  if (X509_NAME_add_entry_by_NID(X509_get_subject_name(certificate.get()), NID_commonName, MBSTRING_UTF8, text,
                                 static_cast<int>(common_name.size()), -1, 0) != 1) {
    return Error(ErrorKind::invalid_argument,
                 "\"" + common_name.substr(0, 100) + "\" cannot be the name of a certificate: 1 to 64 bytes of UTF-8");
  }
  return certificate;
}

Result<Certificate> finish(X509* certificate, EVP_PKEY* key, EVP_PKEY* signer) {
  if (X509_sign(certificate, signer, EVP_sha256()) <= 0) return internal("a signature");
  return Certificate{.pem = TRY(pem_of(certificate)), .key_pem = TRY(pem_of(key))};
}

bool is_address(const std::string& host) {
  std::array<unsigned char, sizeof(in6_addr)> bytes{};
  return ::inet_pton(AF_INET, host.c_str(), bytes.data()) == 1 ||
         ::inet_pton(AF_INET6, host.c_str(), bytes.data()) == 1;
}

// Letters, digits, '-', '.' and a '*' in front (RFC 6125): nothing that has a meaning in OpenSSL's list of names.
bool is_name(const std::string& host) {
  const std::size_t begin = host.starts_with("*.") ? 2 : 0;
  const auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.';
  };
  return host.size() > begin && host.size() <= 253 && host[begin] != '.' &&
         std::all_of(host.begin() + static_cast<std::ptrdiff_t>(begin), host.end(), allowed);
}

Result<std::string> alternative_names(const std::vector<std::string>& hosts) {
  if (hosts.empty() || hosts.size() > max_hosts) {
    return Error(ErrorKind::invalid_argument, "a server's certificate needs 1 to 100 hosts");
  }
  std::string list;
  for (const std::string& host : hosts) {
    const bool address = is_address(host);
    if (!address && !is_name(host)) {
      return Error(ErrorKind::invalid_argument,
                   "\"" + host.substr(0, 100) + "\" is neither the name nor the address of a host");
    }
    if (!list.empty()) list += ',';
    list.append(address ? "IP:" : "DNS:").append(host);
  }
  return list;
}

Result<Time> end_of(const X509* certificate) {
  std::tm end = {};
  if (ASN1_TIME_to_tm(X509_get0_notAfter(certificate), &end) != 1) {
    return Error(ErrorKind::invalid_argument, "the certificate authority has no end that can be read");
  }
  return Time(std::chrono::seconds(timegm(&end)));
}

}  // namespace

Result<Certificate> make_certificate_authority(const std::string& name, Time now) {
  const Key key(EVP_EC_gen("P-256"));
  if (!key) return internal("a key");
  const X509Pointer certificate = TRY(begin(name, key.get(), now - clock_skew, now + authority_life));
  X509* const x509 = certificate.get();
  if (X509_set_issuer_name(x509, X509_get_subject_name(x509)) != 1 ||
      !add_extension(x509, x509, NID_basic_constraints, "critical,CA:TRUE,pathlen:0") ||
      !add_extension(x509, x509, NID_key_usage, "critical,keyCertSign,cRLSign") ||
      !add_extension(x509, x509, NID_subject_key_identifier, "hash")) {
    return internal("a certificate authority");
  }
  return finish(x509, key.get(), key.get());
}

Result<Certificate> make_server_certificate(const Certificate& authority, const std::vector<std::string>& hosts,
                                            Time now) {
  const std::string names = TRY(alternative_names(hosts));
  const Issuer issuer = TRY(read_issuer(authority));
  const Time end = std::min<Time>(now + server_life, TRY(end_of(issuer.certificate.get())));
  const Key key(EVP_EC_gen("P-256"));
  if (!key) return internal("a key");
  // A common name holds 64 bytes; clients look at the alternative names.
  const X509Pointer certificate = TRY(begin(hosts.front().substr(0, 64), key.get(), now - clock_skew, end));
  X509* const x509 = certificate.get();
  X509* const ca = issuer.certificate.get();
  if (X509_set_issuer_name(x509, X509_get_subject_name(ca)) != 1 ||
      !add_extension(x509, ca, NID_basic_constraints, "critical,CA:FALSE") ||
      !add_extension(x509, ca, NID_key_usage, "critical,digitalSignature") ||
      !add_extension(x509, ca, NID_ext_key_usage, "serverAuth") ||
      !add_extension(x509, ca, NID_subject_key_identifier, "hash") ||
      !add_extension(x509, ca, NID_authority_key_identifier, "keyid") ||
      !add_extension(x509, ca, NID_subject_alt_name, names)) {
    return internal("a server's certificate");
  }
  return finish(x509, key.get(), issuer.key.get());
}

}  // namespace likeness
