// A client that sends what it is told and reads answers strictly.
#ifndef WEIR_TESTS_DATAPLANE_PEERS_HTTP_CLIENT_H_
#define WEIR_TESTS_DATAPLANE_PEERS_HTTP_CLIENT_H_

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <cstddef>
#include <map>
#include <string>
#include <string_view>

namespace weir::testing {

struct HttpReply {
  int status = 0;
  // By lower-case name.
  std::map<std::string, std::string> headers;
  // Without chunk framing.
  std::string body;
  // Its end came, as its framing promised.
  bool whole = false;

  std::string Header(const std::string& name) const {
    const auto found = headers.find(name);
    return found == headers.end() ? std::string() : found->second;
  }
};

// Blocks. One connection; not thread-safe.
class HttpClient {
 public:
  // `address` is 127.0.0.1:PORT.
  explicit HttpClient(const std::string& address);

  // As much as the other side takes before it closes.
  void Send(std::string_view bytes);
  // The next answer. status 0 when the connection ended before its head.
  HttpReply Read();
  HttpReply Ask(std::string_view request) {
    Send(request);
    return Read();
  }
  // What came until `text` had come, or the end; not consumed.
  std::string_view AwaitText(std::string_view text);
  // How the connection ended; what still comes is dropped.
  enum class End { kOrderly, kReset };
  End AwaitEnd();
  void Close() { socket_.close(); }

 private:
  // False at the end.
  bool ReadMore();
  bool ReadUntil(std::size_t size);
  void ReadChunks(HttpReply& reply);

  boost::asio::io_context context_;
  boost::asio::ip::tcp::socket socket_{context_};
  std::string input_;
  End end_ = End::kOrderly;
};

// `headers` are lines, each with its CRLF, beside Host, the key and the length.
std::string GetRequest(std::string_view path, std::string_view headers = "");
std::string PostRequest(
    std::string_view path, std::string_view body,
    std::string_view headers = "content-type: application/json\r\n");
// POST /v1/chat/completions for `model`.
std::string ChatRequest(std::string_view model);
std::string ChatStreamRequest(std::string_view model);

}  // namespace weir::testing

#endif  // WEIR_TESTS_DATAPLANE_PEERS_HTTP_CLIENT_H_
