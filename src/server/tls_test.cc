// The listener in TLS, against OpenSSL as a client.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/write.hpp>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>

#include "base/certificate.h"
#include "server/server_fixture.h"

namespace likeness::server {
namespace {

namespace ssl = boost::asio::ssl;
using testing::HasSubstr;
using testing::StartsWith;

// Blocking; each is one connection at a time.
class TlsClient {
 public:
  explicit TlsClient(const std::string& authority_pem = "") : context_(ssl::context::tls_client) {
    if (authority_pem.empty()) return;
    context_.add_certificate_authority(boost::asio::buffer(authority_pem));
    context_.set_verify_mode(ssl::verify_peer);
  }

  SSL_CTX* context() { return context_.native_handle(); }
  SSL* native() { return stream_->native_handle(); }

  // Empty, or what went wrong.
  std::string connect(std::uint16_t port, SSL_SESSION* session = nullptr) {
    stream_.emplace(io_, context_);
    stream_->next_layer().connect({boost::asio::ip::address_v4::loopback(), port});
    const timeval patience = {30, 0};  // a hang fails instead of lasting
    ::setsockopt(stream_->next_layer().native_handle(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
    X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(native()), "127.0.0.1");
    if (session != nullptr) SSL_set_session(native(), session);
    boost::system::error_code error;
    stream_->handshake(ssl::stream_base::client, error);
    return error ? error.message() : "";
  }

  // Status line, head and body of one answer; what came of it, if the connection ended before.
  std::string exchange(const std::string& request) {
    boost::system::error_code error;
    boost::asio::write(*stream_, boost::asio::buffer(request), error);
    std::string received;
    while (!error) {
      const std::size_t end = received.find("\r\n\r\n");
      const std::size_t length = received.find("Content-Length: ");
      if (end != std::string::npos && received.size() >= end + 4 + std::stoul(received.substr(length + 16, 20))) break;
      std::string piece(65536, '\0');
      received.append(piece, 0, stream_->read_some(boost::asio::buffer(piece), error));
    }
    return received;
  }

  void send(const std::string& bytes) { boost::asio::write(*stream_, boost::asio::buffer(bytes)); }

  // Says goodbye in TLS, and closes.
  void close() {
    boost::system::error_code ignored;
    SSL_shutdown(native());
    stream_->next_layer().close(ignored);
  }

  // How the server ends: "stream truncated" without its goodbye.
  std::string end() {
    boost::system::error_code error;
    char byte = 0;
    stream_->read_some(boost::asio::buffer(&byte, 1), error);
    return error == boost::asio::error::eof ? "closed" : error.message();
  }

 private:
  boost::asio::io_context io_;
  ssl::context context_;
  std::optional<ssl::stream<boost::asio::ip::tcp::socket>> stream_;
};

class TlsTest : public ServerTest {
 protected:
  TlsTest() {
    std::filesystem::create_directories(folder_);
    options_.tls_certificate = folder_ / "server.pem";
    options_.tls_key = folder_ / "server-key.pem";
    install(authority_);
  }
  ~TlsTest() override { std::filesystem::remove_all(folder_); }

  void install(const Certificate& authority) {
    const Certificate server = *make_server_certificate(authority, {"localhost", "127.0.0.1"}, SystemClock().now());
    std::ofstream(options_.tls_certificate) << server.pem;
    std::ofstream(options_.tls_key) << server.key_pem;
  }

  const Certificate authority_ = *make_certificate_authority("one", SystemClock().now());
  const Certificate other_ = *make_certificate_authority("two", SystemClock().now());
  const std::filesystem::path folder_ =
      std::filesystem::path(testing::TempDir()) / ("likeness_tls_test_" + std::to_string(::getpid()));
};

TEST_F(TlsTest, ServesRequestsOnOneConnection) {
  service_.on_handle = [](const api::RequestHead&, std::string body) { return text_response(200, std::move(body)); };
  start();
  EXPECT_STREQ(server_->scheme(), "https");
  TlsClient client(authority_.pem);
  ASSERT_EQ(client.connect(server_->port()), "");
  EXPECT_STREQ(SSL_get_version(client.native()), "TLSv1.3");
  EXPECT_THAT(client.exchange(post("hello")), HasSubstr("\r\n\r\nhello"));
  const std::string large(14'000'000, 'x');
  EXPECT_TRUE(client.exchange(post(large)).ends_with(large));
  EXPECT_THAT(client.exchange(post("bye", "Connection: close\r\n")), HasSubstr("\r\n\r\nbye"));
  EXPECT_EQ(client.end(), "closed");
  EXPECT_EQ(metric("likeness_tls_handshakes_total", "done"), 1);
  EXPECT_GT(metric("likeness_tls_certificate_end_seconds"), 1e9);
}

TEST_F(TlsTest, SpeaksTls12WithForwardSecrecyAndNothingOlder) {
  start();
  TlsClient client(authority_.pem);
  SSL_CTX_set_max_proto_version(client.context(), TLS1_2_VERSION);
  ASSERT_EQ(client.connect(server_->port()), "");
  EXPECT_THAT(SSL_get_cipher_name(client.native()), StartsWith("ECDHE-ECDSA-"));
  SSL_renegotiate(client.native());
  EXPECT_EQ(client.exchange(post("hello")).find("200 OK"), std::string::npos) << "no renegotiation";

  TlsClient old;
  SSL_CTX_set_security_level(old.context(), 0);
  SSL_CTX_set_min_proto_version(old.context(), TLS1_VERSION);
  SSL_CTX_set_max_proto_version(old.context(), TLS1_1_VERSION);
  EXPECT_THAT(old.connect(server_->port()), HasSubstr("protocol version"));

  TlsClient weak;
  SSL_CTX_set_max_proto_version(weak.context(), TLS1_2_VERSION);
  SSL_CTX_set_cipher_list(weak.context(), "AES128-SHA:ECDHE-ECDSA-AES128-SHA");
  EXPECT_THAT(weak.connect(server_->port()), HasSubstr("handshake failure"));
  wait_until([&] { return metric("likeness_tls_handshakes_total", "failed") == 2; });
}

TEST_F(TlsTest, SelectsHttp11) {
  start();
  TlsClient both;
  SSL_CTX_set_alpn_protos(both.context(), reinterpret_cast<const unsigned char*>("\x02h2\x08http/1.1"), 12);
  ASSERT_EQ(both.connect(server_->port()), "");
  const unsigned char* chosen = nullptr;
  unsigned length = 0;
  SSL_get0_alpn_selected(both.native(), &chosen, &length);
  EXPECT_EQ(std::string(reinterpret_cast<const char*>(chosen), length), "http/1.1");

  TlsClient only_2;
  SSL_CTX_set_alpn_protos(only_2.context(), reinterpret_cast<const unsigned char*>("\x02h2"), 3);
  EXPECT_THAT(only_2.connect(server_->port()), HasSubstr("no application protocol"));
}

TEST_F(TlsTest, ResumesSessionsByTickets) {
  start();
  TlsClient client(authority_.pem);
  SSL_CTX_set_max_proto_version(client.context(), TLS1_2_VERSION);
  ASSERT_EQ(client.connect(server_->port()), "");
  const std::unique_ptr<SSL_SESSION, decltype(&SSL_SESSION_free)> session(SSL_get1_session(client.native()),
                                                                          SSL_SESSION_free);
  client.close();  // who leaves without a goodbye may not come back with its session
  ASSERT_EQ(client.connect(server_->port(), session.get()), "");
  EXPECT_EQ(SSL_session_reused(client.native()), 1);
}

TEST_F(TlsTest, ANewCertificateIsForNewConnectionsOnly) {
  start();
  TlsClient early(authority_.pem);
  ASSERT_EQ(early.connect(server_->port()), "");
  install(other_);
  ASSERT_TRUE(server_->reload_certificate().ok());
  EXPECT_THAT(early.exchange(post("hello")), HasSubstr("200 OK"));
  EXPECT_EQ(TlsClient(other_.pem).connect(server_->port()), "");
  EXPECT_THAT(TlsClient(authority_.pem).connect(server_->port()), HasSubstr("certificate verify failed"));
}

TEST_F(TlsTest, ABrokenCertificateChangesNothing) {
  start();
  std::ifstream file(options_.tls_key);
  const std::string good_key(std::istreambuf_iterator<char>(file), {});
  for (const std::string& broken : {std::string("no PEM"), std::string(), other_.key_pem}) {
    std::ofstream(options_.tls_key) << broken;
    const Result<void> reloaded = server_->reload_certificate();
    ASSERT_FALSE(reloaded.ok());
    EXPECT_EQ(reloaded.error().kind, ErrorKind::invalid_argument);
    EXPECT_THAT(reloaded.error().message, StartsWith(options_.tls_key + ": "));
    EXPECT_EQ(TlsClient(authority_.pem).connect(server_->port()), "");
  }
  std::ofstream(options_.tls_key) << good_key;
  std::filesystem::remove(options_.tls_certificate);
  EXPECT_THAT(server_->reload_certificate().error().message, StartsWith(options_.tls_certificate + ": "));
  EXPECT_EQ(TlsClient(authority_.pem).connect(server_->port()), "");
}

TEST_F(TlsTest, DoesNotStartWithABrokenCertificate) {
  ThreadPool pool(1, 1);
  const auto create = [&] { return HttpServer::create(options_, service_, pool, clock_, log_, metrics_); };
  std::ofstream(options_.tls_certificate) << "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
  EXPECT_EQ(create().error().kind, ErrorKind::invalid_argument);
  options_.tls_key.clear();
  EXPECT_THAT(create().error().message, HasSubstr("both a certificate and its key"));
}

TEST_F(TlsTest, TellsAClientInTheClearWhy) {
  start();
  TestClient client = connect();
  const Answer answer = client.exchange(post("hello"));
  EXPECT_EQ(answer.status, 400);
  EXPECT_EQ(answer.body, "malformed");
  EXPECT_EQ(answer.headers.count("x-amzn-RequestId"), 1U);
  EXPECT_TRUE(client.is_closed());
  EXPECT_EQ(metric("likeness_tls_handshakes_total", "plain_http"), 1);
}

TEST_F(TlsTest, GarbageEndsWithoutHarm) {
  start();
  for (const std::string& garbage : {std::string("\x16\x03\x01\x40\x01\x01", 6) + std::string(20000, '\xff'),
                                     std::string(1000, '\0'), std::string("\x80\x2e\x01\x00\x02", 5)}) {
    TestClient client = connect();
    client.send(garbage);
    client.close();
  }
  wait_until([&] { return metric("likeness_tls_handshakes_total", "failed") == 3; });
  TlsClient client(authority_.pem);
  ASSERT_EQ(client.connect(server_->port()), "");
  EXPECT_THAT(client.exchange(post("hello")), HasSubstr("200 OK"));
}

TEST_F(TlsTest, AHandshakeHasADeadline) {
  options_.handshake_deadline = std::chrono::milliseconds(50);
  start();
  TestClient silent = connect();
  EXPECT_TRUE(silent.is_closed());
  TestClient begun = connect();
  begun.send(std::string_view("\x16\x03\x01\x02\x00\x01\x00\x01\xfc", 9));
  EXPECT_FALSE(begun.receive().status) << "nothing but the end";
  wait_until([&] { return metric("likeness_tls_handshakes_total", "deadline") == 2; });
}

TEST_F(TlsTest, SlowBodiesAreAnswered) {
  options_.body_pace.grace = std::chrono::milliseconds(50);
  start();
  TlsClient slow(authority_.pem);
  ASSERT_EQ(slow.connect(server_->port()), "");
  EXPECT_THAT(slow.exchange("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\nhe"),
              HasSubstr("overloaded"));
  EXPECT_EQ(slow.end(), "closed");
}

TEST_F(TlsTest, LeavingIsSeenBehindTheGoodbye) {
  Gate gate;
  service_.on_handle = [&](const api::RequestHead&, const std::string&) {
    gate.pass();
    return text_response(200, "");
  };
  start(1, 4);
  TlsClient running(authority_.pem);
  ASSERT_EQ(running.connect(server_->port()), "");
  running.send(post("1"));
  gate.wait_for_arrivals(1);
  TlsClient leaving(authority_.pem);
  ASSERT_EQ(leaving.connect(server_->port()), "");
  leaving.send(post("22"));
  wait_until([&] { return pool_->waiting() == 1; });
  leaving.close();
  // The look at it comes within a tenth of a second; the request stays in the queue until then.
  std::this_thread::sleep_for(std::chrono::seconds(2));
  gate.open();
  wait_until([&] { return metric("likeness_http_abandoned_total", "client_gone") == 1; });
  EXPECT_EQ(service_.handled, 1);
  server_->stop();
}

class PlainHttpTest : public ServerTest {
 protected:
  Result<HttpServer> create() { return HttpServer::create(options_, service_, thread_pool_, clock_, log_, metrics_); }
  ThreadPool thread_pool_{1, 1};
};

TEST_F(PlainHttpTest, IsForLoopbackUnlessAllowed) {
  for (const char* address : {"127.0.0.1", "127.9.9.9"}) {
    options_.address = address;
    EXPECT_TRUE(create().ok()) << address;
  }
  options_.address = "0.0.0.0";
  const auto refused = create();
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().kind, ErrorKind::invalid_argument);
  EXPECT_THAT(refused.error().message, HasSubstr("--allow-plain-http"));
  options_.allow_plain_http = true;
  EXPECT_TRUE(create().ok());
}

}  // namespace
}  // namespace likeness::server
