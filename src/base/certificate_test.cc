#include "base/certificate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/pem.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

#include <memory>

namespace likeness {
namespace {

using testing::HasSubstr;

const Time now = *parse_iso8601_basic("20260203T040506Z");

std::shared_ptr<X509> parse(const std::string& pem) {
  BIO* bio = BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size()));
  X509* certificate = PEM_read_bio_X509(bio, nullptr, nullptr, nullptr);
  BIO_free(bio);
  return {certificate, X509_free};
}

// What a client does: is the certificate for this host, signed by an authority it trusts, for a server, at this time?
// X509_V_OK or the reason.
int verify(const Certificate& server, const Certificate& authority, const std::string& host, Time at) {
  const auto leaf = parse(server.pem);
  const auto root = parse(authority.pem);
  const std::shared_ptr<X509_STORE> store(X509_STORE_new(), X509_STORE_free);
  X509_STORE_add_cert(store.get(), root.get());
  const std::shared_ptr<X509_STORE_CTX> context(X509_STORE_CTX_new(), X509_STORE_CTX_free);
  X509_STORE_CTX_init(context.get(), store.get(), leaf.get(), nullptr);
  X509_VERIFY_PARAM* parameters = X509_STORE_CTX_get0_param(context.get());
  X509_VERIFY_PARAM_set_flags(parameters, X509_V_FLAG_X509_STRICT | X509_V_FLAG_CHECK_SS_SIGNATURE);
  X509_VERIFY_PARAM_set_purpose(parameters, X509_PURPOSE_SSL_SERVER);
  X509_VERIFY_PARAM_set_time(parameters, std::chrono::floor<std::chrono::seconds>(at).time_since_epoch().count());
  if (X509_VERIFY_PARAM_set1_ip_asc(parameters, host.c_str()) != 1) {
    X509_VERIFY_PARAM_set1_host(parameters, host.c_str(), 0);
  }
  X509_verify_cert(context.get());
  return X509_STORE_CTX_get_error(context.get());
}

class CertificateTest : public testing::Test {
 protected:
  const Certificate authority_ = *make_certificate_authority("Somebody's authority", now);
  const Certificate server_ =
      *make_server_certificate(authority_, {"localhost", "127.0.0.1", "::1", "*.photos.example"}, now);
};

TEST_F(CertificateTest, ClientsThatTrustTheAuthorityBelieveTheServer) {
  for (const char* host : {"localhost", "127.0.0.1", "::1", "a.photos.example"}) {
    EXPECT_EQ(verify(server_, authority_, host, now), X509_V_OK) << host;
  }
  EXPECT_EQ(verify(server_, authority_, "localhost", now + std::chrono::days(396)), X509_V_OK);
}

TEST_F(CertificateTest, AndNothingElse) {
  EXPECT_EQ(verify(server_, authority_, "other.example", now), X509_V_ERR_HOSTNAME_MISMATCH);
  EXPECT_EQ(verify(server_, authority_, "127.0.0.2", now), X509_V_ERR_IP_ADDRESS_MISMATCH);
  EXPECT_EQ(verify(server_, authority_, "localhost", now + std::chrono::days(398)), X509_V_ERR_CERT_HAS_EXPIRED);
  EXPECT_EQ(verify(server_, authority_, "localhost", now - std::chrono::hours(1)), X509_V_ERR_CERT_NOT_YET_VALID);
  const Certificate stranger = *make_certificate_authority("Somebody's authority", now);
  EXPECT_NE(verify(server_, stranger, "localhost", now), X509_V_OK);
}

TEST_F(CertificateTest, AServerCannotSign) {
  const Result<Certificate> below = make_server_certificate(server_, {"localhost"}, now);
  ASSERT_TRUE(below.ok()) << "it can be made";
  EXPECT_NE(verify(*below, server_, "localhost", now), X509_V_OK) << "and is not believed";
}

TEST_F(CertificateTest, EndsWithItsAuthority) {
  const Time late = now + std::chrono::days(3600);
  const Certificate server = *make_server_certificate(authority_, {"localhost"}, late);
  EXPECT_EQ(verify(server, authority_, "localhost", late), X509_V_OK);
  EXPECT_EQ(
      ASN1_TIME_compare(X509_get0_notAfter(parse(server.pem).get()), X509_get0_notAfter(parse(authority_.pem).get())),
      0);
}

TEST_F(CertificateTest, NoTwoAreAlike) {
  const Certificate again = *make_server_certificate(authority_, {"localhost"}, now);
  EXPECT_NE(again.key_pem, server_.key_pem);
  EXPECT_NE(ASN1_INTEGER_cmp(X509_get0_serialNumber(parse(again.pem).get()),
                             X509_get0_serialNumber(parse(server_.pem).get())),
            0);
  EXPECT_THAT(again.key_pem, HasSubstr("BEGIN PRIVATE KEY"));
}

TEST_F(CertificateTest, RefusesHostsThatAreNone) {
  for (const char* host : {"", "two words", "a,DNS:b", "*", "*.", ".example", "a/b", "a:80"}) {
    EXPECT_EQ(make_server_certificate(authority_, {host}, now).error().kind, ErrorKind::invalid_argument) << host;
  }
  EXPECT_FALSE(make_server_certificate(authority_, {}, now).ok());
  EXPECT_FALSE(make_server_certificate({.pem = "none", .key_pem = "none"}, {"localhost"}, now).ok());
  EXPECT_FALSE(make_server_certificate({.pem = authority_.pem, .key_pem = server_.key_pem}, {"localhost"}, now).ok());
  EXPECT_FALSE(make_certificate_authority("", now).ok());
  EXPECT_FALSE(make_certificate_authority(std::string(65, 'a'), now).ok());
}

}  // namespace
}  // namespace likeness
