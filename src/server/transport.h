// What differs between a connection in the clear and one in TLS: how it begins, how it ends, what is read from.
// Internal to the room; connection.cc is written against either.
//
// Thread rule: on the strand of the socket. Ownership: a TlsTransport keeps the context that it was made from.
#pragma once

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <memory>
#include <utility>

namespace likeness::server {

class PlainTransport {
 public:
  static constexpr bool encrypted = false;

  explicit PlainTransport(boost::asio::ip::tcp::socket socket) : socket_(std::move(socket)) {}

  boost::asio::ip::tcp::socket& stream() { return socket_; }
  boost::asio::ip::tcp::socket& socket() { return socket_; }

 private:
  boost::asio::ip::tcp::socket socket_;
};

class TlsTransport {
 public:
  static constexpr bool encrypted = true;

  TlsTransport(boost::asio::ip::tcp::socket socket, std::shared_ptr<boost::asio::ssl::context> context)
      : context_(std::move(context)), stream_(std::move(socket), *context_) {}

  boost::asio::ssl::stream<boost::asio::ip::tcp::socket>& stream() { return stream_; }
  boost::asio::ip::tcp::socket& socket() { return stream_.next_layer(); }

  // The client's and our first messages.
  boost::asio::awaitable<boost::system::error_code> handshake() {
    const auto [error] = co_await stream_.async_handshake(boost::asio::ssl::stream_base::server, as_result);
    co_return error;
  }

  // Whether what came instead of a handshake was a request of HTTP in the clear.
  static bool is_plain_http(const boost::system::error_code& error) {
    return error.category() == boost::asio::error::get_ssl_category() &&
           ERR_GET_REASON(static_cast<unsigned long>(error.value())) == SSL_R_HTTP_REQUEST;
  }

  // Says that no more will come, and waits for the other side to say so or to send what we do not read any more.
  boost::asio::awaitable<void> close_notify() { co_await stream_.async_shutdown(as_result); }

 private:
  static constexpr auto as_result = boost::asio::as_tuple(boost::asio::use_awaitable);

  std::shared_ptr<boost::asio::ssl::context> context_;
  boost::asio::ssl::stream<boost::asio::ip::tcp::socket> stream_;
};

}  // namespace likeness::server
