#include "load_client.h"

#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <fstream>
#include <iterator>
#include <optional>
#include <sstream>

#include "base/bytes.h"
#include "base/crypto.h"
#include "base/ids.h"
#include "base/time.h"

namespace likeness::bench {

using boost::asio::ip::tcp;

namespace {

std::string read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw CLI::ValidationError("--picture", "cannot read " + path);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

std::string json_body(const Options& options) {
  const std::string image = R"({"Bytes":")" + to_base64(as_bytes(read_file(options.picture))) + "\"}";
  if (options.operation == "CompareFaces") return R"({"SourceImage":)" + image + R"(,"TargetImage":)" + image + "}";
  return R"({"Image":)" + image + "}";
}

std::string signed_head(const Options& options, const Requests& requests, const Digest& payload) {
  const std::string host = requests.host + ":" + requests.port;
  const std::string length = std::to_string(requests.body.size());
  const std::string target = "RekognitionService." + options.operation;
  const std::string id = random_uuid();
  const std::vector<sigv4::HeaderView> headers = {{"Host", host},
                                                  {"Content-Type", "application/x-amz-json-1.1"},
                                                  {"Content-Length", length},
                                                  {"X-Amz-Target", target},
                                                  {"amz-sdk-invocation-id", id}};
  const sigv4::SignatureHeaders added = sigv4::sign({"POST", "/", headers}, payload, options.credentials,
                                                    options.region, "rekognition", SystemClock().now());
  std::string head = "POST / HTTP/1.1\r\n";
  for (const sigv4::HeaderView& header : headers) head.append(header.name).append(": ").append(header.value) += "\r\n";
  head.append("X-Amz-Date: ").append(added.x_amz_date).append("\r\n");
  head.append("Authorization: ").append(added.authorization).append("\r\n\r\n");
  return head;
}

}  // namespace

Requests prepare(const Options& options, std::size_t count) {
  Requests requests;
  requests.tls = options.endpoint.starts_with("https://");
  const std::string scheme = requests.tls ? "https://" : "http://";
  const std::size_t colon = options.endpoint.rfind(':');
  if (!options.endpoint.starts_with(scheme) || colon < scheme.size()) {
    throw CLI::ValidationError("--endpoint", "must be http://HOST:PORT or https://HOST:PORT");
  }
  requests.host = options.endpoint.substr(scheme.size(), colon - scheme.size());
  requests.port = options.endpoint.substr(colon + 1);
  requests.body = json_body(options);
  const Digest payload = sha256(as_bytes(requests.body));
  for (std::size_t i = 0; i < count; ++i) requests.heads.push_back(signed_head(options, requests, payload));
  return requests;
}

struct Client::Connection {
  // The status of the answer, or 0.
  template <typename Stream>
  int exchange(Stream& over, const std::string& head, const std::string& body) {
    namespace http = boost::beast::http;
    boost::system::error_code error;
    http::response<http::string_body> response;
    const std::array<boost::asio::const_buffer, 2> request = {boost::asio::buffer(head), boost::asio::buffer(body)};
    boost::asio::write(over, request, error);
    if (!error) http::read(over, buffer, response, error);
    if (error || !response.keep_alive()) open = false;
    return error ? 0 : static_cast<int>(response.result_int());
  }

  bool connect(const Requests& requests) {
    boost::system::error_code error;
    buffer.clear();
    stream.emplace(io, context);
    const auto addresses = tcp::resolver(io).resolve(requests.host, requests.port, error);
    if (!error) boost::asio::connect(stream->next_layer(), addresses, error);
    if (!error) error = stream->next_layer().set_option(tcp::no_delay(true), error);
    if (!error && requests.tls) error = stream->handshake(boost::asio::ssl::stream_base::client, error);
    open = !error;
    return open;
  }

  boost::asio::io_context io;
  boost::asio::ssl::context context{boost::asio::ssl::context::tls_client};
  std::optional<boost::asio::ssl::stream<tcp::socket>> stream;  // without TLS, its socket alone is used
  bool open = false;
  boost::beast::flat_buffer buffer;
};

Client::Client(const Requests& requests) : requests_(requests), connection_(std::make_unique<Connection>()) {}
Client::~Client() = default;

int Client::exchange(std::size_t index) {
  Connection& connection = *connection_;
  if (!connection.open && !connection.connect(requests_)) return 0;
  const std::string& head = requests_.heads[index % requests_.heads.size()];
  if (requests_.tls) return connection.exchange(*connection.stream, head, requests_.body);
  return connection.exchange(connection.stream->next_layer(), head, requests_.body);
}

double ServerProcess::cpu_seconds() const {
  if (!known_) return 0;
  std::ifstream file(directory_ + "/stat");
  const std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  std::istringstream fields(text.substr(std::min(text.rfind(')') + 1, text.size())));  // the name may have spaces
  std::string skipped;
  for (int i = 3; i < 14; ++i) fields >> skipped;
  double user = 0;
  double system = 0;
  fields >> user >> system;
  return (user + system) / static_cast<double>(::sysconf(_SC_CLK_TCK));
}

double ServerProcess::resident_mib() const {
  if (!known_) return 0;
  std::ifstream file(directory_ + "/statm");
  double total = 0;
  double resident = 0;
  file >> total >> resident;
  return resident * static_cast<double>(::sysconf(_SC_PAGESIZE)) / (1024 * 1024);
}

}  // namespace likeness::bench
