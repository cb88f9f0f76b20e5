#include "tests/dataplane/peers/fake_provider.h"

#include <boost/asio/buffer.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/socket_base.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/concat.h"
#include "common/net/transport.h"

namespace weir::testing {
namespace {

namespace asio = boost::asio;

std::size_t BodySize(std::string_view head) {
  constexpr std::string_view kLength = "content-length: ";
  const std::size_t at = head.find(kLength);
  if (at == std::string_view::npos) return 0;
  return std::stoul(std::string(head.substr(at + kLength.size(), 20)));
}

}  // namespace

asio::awaitable<std::string> ProviderConnection::ReadRequest() {
  std::size_t wanted = 0;
  for (;;) {
    const std::size_t head_end = input_.find("\r\n\r\n");
    if (head_end != std::string::npos) {
      wanted = head_end + 4 + BodySize(input_.substr(0, head_end));
      if (input_.size() >= wanted) break;
    }
    char buffer[16384];
    const auto [error, size] =
        co_await socket_.async_read_some(asio::buffer(buffer), net::kUseTuple);
    if (error) co_return std::string();
    input_.append(buffer, size);
  }
  std::string request = input_.substr(0, wanted);
  input_.erase(0, wanted);
  co_return request;
}

asio::awaitable<void> ProviderConnection::ReadSome() {
  char buffer[1024];
  co_await socket_.async_read_some(asio::buffer(buffer), net::kUseTuple);
}

asio::awaitable<void> ProviderConnection::Send(std::string bytes) {
  co_await asio::async_write(socket_, asio::buffer(bytes), net::kUseTuple);
}

asio::awaitable<void> ProviderConnection::SendSlowly(std::string bytes) {
  socket_.set_option(asio::ip::tcp::no_delay(true));
  for (const char byte : bytes) {
    co_await Send(std::string(1, byte));
    // The reader's turn, where it is on the same loop.
    for (int turn = 0; turn < 4; ++turn) {
      co_await asio::post(socket_.get_executor(), asio::use_awaitable);
    }
  }
}

asio::awaitable<void> ProviderConnection::AwaitClose() {
  co_await Drain(socket_);
}

void ProviderConnection::Reset() {
  socket_.set_option(asio::socket_base::linger(true, 0));
  socket_.close();
}

asio::awaitable<void> FakeProvider::Serve(FakePeer::Socket socket) {
  const int index = peer_.accepted() - 1;
  ProviderConnection connection(std::move(socket));
  co_await script_(connection, index);
}

ProviderScript AnswerEach(std::string answer) {
  return AnswerInTurn({std::move(answer)});
}

ProviderScript AnswerInTurn(std::vector<std::string> answers) {
  auto next = std::make_shared<std::size_t>(0);
  return [answers = std::move(answers), next](ProviderConnection& connection,
                                              int) -> asio::awaitable<void> {
    while (!(co_await connection.ReadRequest()).empty()) {
      const std::string answer = answers[*next];
      if (*next + 1 < answers.size()) ++*next;
      co_await connection.Send(answer);
    }
  };
}

std::string HttpAnswer(int status, std::string_view body,
                       std::string_view headers) {
  return Concat("HTTP/1.1 ", status, " Reason\r\n", headers,
                "content-length: ", body.size(), "\r\n\r\n", body);
}

std::string StreamHead() {
  return "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n"
         "transfer-encoding: chunked\r\n\r\n";
}

std::string Chunk(std::string_view data) {
  std::string size;
  for (std::size_t rest = data.size(); rest > 0; rest /= 16) {
    size.insert(size.begin(), "0123456789abcdef"[rest % 16]);
  }
  return Concat(size, "\r\n", data, "\r\n");
}

std::string Says(std::string_view text) {
  return Concat(R"(data: {"choices":[{"delta":{"content":")", text,
                "\"}}]}\n\n");
}

void Gate::Open() {
  asio::post(timer_.get_executor(), [this] {
    open_ = true;
    timer_.cancel();
  });
}

asio::awaitable<void> Gate::Pass() {
  if (!open_) co_await timer_.async_wait(net::kUseTuple);
}

}  // namespace weir::testing
