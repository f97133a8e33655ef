#include "server/tls_identity.h"

#include <ctime>
#include <string_view>
#include <utility>

// OpenSSL's own headers come with Asio's: this file needs what Asio does not wrap.

namespace likeness::server {

namespace {

namespace ssl = boost::asio::ssl;
using ErrorCode = boost::system::error_code;

// Mozilla, "Server Side TLS", intermediate profile 5.7, without DHE: it is slow and no current client needs it. TLS 1.3
// has suites of its own, all of them good.
constexpr const char* ciphers_of_tls_1_2 =
    "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:"
    "ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305";
constexpr const char* groups = "X25519:P-256:P-384";

// Wire format of RFC 7301: names with their lengths before them.
constexpr std::string_view http_1_1 = "\x08http/1.1";

// A client that offers protocols and not this one could not talk to us: RFC 7301 section 3.2 lets it know.
int choose_protocol(SSL* /*connection*/, const unsigned char** chosen, unsigned char* chosen_length,
                    const unsigned char* offered, unsigned offered_length, void* /*unused*/) {
  for (unsigned at = 0; at < offered_length; at += 1U + offered[at]) {
    const unsigned length = 1U + offered[at];
    if (at + length > offered_length) break;
    const std::string_view name(reinterpret_cast<const char*>(offered + at), length);
    if (name != http_1_1) continue;
    *chosen = offered + at + 1;
    *chosen_length = offered[at];
    return SSL_TLSEXT_ERR_OK;
  }
  return SSL_TLSEXT_ERR_ALERT_FATAL;
}

Error unusable(const std::string& path, const std::string& what, const ErrorCode& error) {
  return {ErrorKind::invalid_argument, path + ": " + what + ": " + error.message()};
}

// An encrypted key fails instead of asking at a terminal that a server does not have.
std::string no_passphrase(std::size_t /*max_length*/, ssl::context::password_purpose /*purpose*/) { return {}; }

Error internal(const char* what) { return {ErrorKind::internal, std::string("OpenSSL refuses ") + what}; }

Result<void> set_rules(SSL_CTX* context) {
  if (SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION) != 1) return internal("TLS 1.2 as the lowest version");
  if (SSL_CTX_set_cipher_list(context, ciphers_of_tls_1_2) != 1) return internal("our list of ciphers");
  if (SSL_CTX_set1_groups_list(context, groups) != 1) return internal("our list of curves");
  SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_CIPHER_SERVER_PREFERENCE |
                                   SSL_OP_PRIORITIZE_CHACHA);
  // An idle connection gives its record buffers back.
  SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_num_tickets(context, 1);
  constexpr std::string_view name = "likeness";
  SSL_CTX_set_session_id_context(context, reinterpret_cast<const unsigned char*>(name.data()), name.size());
  SSL_CTX_set_alpn_select_cb(context, choose_protocol, nullptr);
  return {};
}

Result<Time> end_of(const SSL_CTX* context) {
  const X509* certificate = SSL_CTX_get0_certificate(context);
  std::tm end = {};
  if (certificate == nullptr || ASN1_TIME_to_tm(X509_get0_notAfter(certificate), &end) != 1) {
    return internal("the end of the certificate's life");
  }
  return Time(std::chrono::seconds(timegm(&end)));
}

}  // namespace

Result<TlsIdentity::Loaded> TlsIdentity::read(const TlsFiles& files) {
  auto context = std::make_shared<ssl::context>(ssl::context::tls_server);
  SSL_CTX* native = context->native_handle();
  TRY(set_rules(native));
  ErrorCode error;
  error = context->set_password_callback(no_passphrase, error);
  if (!error) error = context->use_certificate_chain_file(files.certificate, error);
  if (error) return unusable(files.certificate, "cannot use the TLS certificate (a PEM file)", error);
  error = context->use_private_key_file(files.key, ssl::context::pem, error);
  if (error) {
    return unusable(
        files.key,
        "cannot use the TLS key (a PEM file without a passphrase, of the certificate in " + files.certificate + ")",
        error);
  }
  return Loaded{std::move(context), TRY(end_of(native))};
}

TlsIdentity::TlsIdentity(TlsFiles files, Loaded loaded) : files_(std::move(files)), loaded_(std::move(loaded)) {}

Result<std::unique_ptr<TlsIdentity>> TlsIdentity::load(const TlsFiles& files) {
  Loaded loaded = TRY(read(files));
  return std::unique_ptr<TlsIdentity>(new TlsIdentity(files, std::move(loaded)));
}

Result<void> TlsIdentity::reload() {
  Loaded loaded = TRY(read(files_));
  const MutexLock lock(mutex_);
  loaded_ = std::move(loaded);
  return {};
}

std::shared_ptr<ssl::context> TlsIdentity::context() const {
  const MutexLock lock(mutex_);
  return loaded_.context;
}

Time TlsIdentity::not_after() const {
  const MutexLock lock(mutex_);
  return loaded_.not_after;
}

}  // namespace likeness::server
