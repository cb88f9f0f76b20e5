// A provider that does to each connection what a test says.
#ifndef WEIR_TESTS_DATAPLANE_PEERS_FAKE_PROVIDER_H_
#define WEIR_TESTS_DATAPLANE_PEERS_FAKE_PROVIDER_H_

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <future>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tests/common/net/fake_peer.h"

namespace weir::testing {

// One connection as the provider sees it.
class ProviderConnection {
 public:
  explicit ProviderConnection(FakePeer::Socket socket)
      : socket_(std::move(socket)) {}

  // Head, and body by its Content-Length, of the next request; empty when the
  // other side closes.
  boost::asio::awaitable<std::string> ReadRequest();
  // Of the next request only what comes first.
  boost::asio::awaitable<void> ReadSome();
  boost::asio::awaitable<void> Send(std::string bytes);
  // Byte by byte, each on its way before the next.
  boost::asio::awaitable<void> SendSlowly(std::string bytes);
  // Until the other side closes; drops what it sends.
  boost::asio::awaitable<void> AwaitClose();
  void Reset();

 private:
  FakePeer::Socket socket_;
  std::string input_;
};

// The connection closes when its script ends. `index` counts connections from
// 0.
using ProviderScript = std::function<boost::asio::awaitable<void>(
    ProviderConnection& connection, int index)>;

// Lives on `loop`; the script outlives every connection.
class FakeProvider {
 public:
  FakeProvider(boost::asio::io_context& loop, ProviderScript script)
      : script_(std::move(script)),
        peer_(loop, [this](FakePeer::Socket socket) {
          return Serve(std::move(socket));
        }) {}

  std::uint16_t port() const { return peer_.port(); }
  // On the loop's thread only.
  int accepted() const { return peer_.accepted(); }

 private:
  boost::asio::awaitable<void> Serve(FakePeer::Socket socket);

  const ProviderScript script_;
  FakePeer peer_;
};

// The same answer to every request.
ProviderScript AnswerEach(std::string answer);
// Each request gets the next of `answers`, whatever connection it comes by; the
// last one again and again.
ProviderScript AnswerInTurn(std::vector<std::string> answers);

// A whole answer. `headers` are lines, each with its CRLF.
std::string HttpAnswer(
    int status, std::string_view body,
    std::string_view headers = "content-type: application/json\r\n");
// The head of a chunked event stream, and parts of it.
std::string StreamHead();
std::string Chunk(std::string_view data);
inline constexpr std::string_view kLastChunk = "0\r\n\r\n";
// Events of a chat stream.
std::string Says(std::string_view text);
inline constexpr std::string_view kRole =
    "data: {\"choices\":[{\"delta\":{\"role\":\"assistant\"}}]}\n\n";
inline constexpr std::string_view kDone = "data: [DONE]\n\n";

// Something that happens once, for a test that waits in another thread.
class Event {
 public:
  void Set() { promise_.set_value(); }
  void Wait() { future_.wait(); }

 private:
  std::promise<void> promise_;
  std::future<void> future_ = promise_.get_future();
};

// What providers were asked. Thread safety: may be used from any thread.
class RequestLog {
 public:
  void Add(std::string request) {
    const std::scoped_lock lock(mutex_);
    requests_.push_back(std::move(request));
  }
  std::vector<std::string> All() const {
    const std::scoped_lock lock(mutex_);
    return requests_;
  }

 private:
  mutable std::mutex mutex_;
  std::vector<std::string> requests_;
};

// Where a script waits until the test lets it go on.
class Gate {
 public:
  explicit Gate(boost::asio::io_context& loop)
      : timer_(loop, boost::asio::steady_timer::time_point::max()) {}

  // From any thread.
  void Open();
  boost::asio::awaitable<void> Pass();

 private:
  boost::asio::steady_timer timer_;
  bool open_ = false;
};

}  // namespace weir::testing

#endif  // WEIR_TESTS_DATAPLANE_PEERS_FAKE_PROVIDER_H_
