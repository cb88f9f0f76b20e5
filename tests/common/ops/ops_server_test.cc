#include "common/ops/ops_server.h"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "common/net/host_port.h"
#include "common/net/transport.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/common/net/run_coroutine.h"
#include "tests/testing/status_matchers.h"

namespace weir::ops {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using net::kUseTuple;
using ::testing::AllOf;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using testing::IsOk;
using ::testing::Not;
using testing::RunCoroutine;
using ::testing::StartsWith;
using testing::StatusIs;

class OpsServerTest : public ::testing::Test {
 protected:
  void Start(OpsLimits limits = {}) {
    server_.emplace(loop_.get_executor(), limits);
    server_->Handle("/echo", Echo);
    server_->Handle("/throws", Throw);
    server_->Handle("/hangs", Hang);
    server_->HandleMethod("POST", "/control", Echo);
    address_ = server_->Start("127.0.0.1:0").value();
  }

  static asio::awaitable<Response> Echo(const Request& request) {
    co_await asio::post(asio::use_awaitable);
    co_return Response{200, "text/plain",
                       request.method + " " + request.path + " " +
                           request.query + " " + request.body};
  }
  static asio::awaitable<Response> Throw(const Request&) {
    throw std::runtime_error("s3cret");
    co_return Response{};
  }
  static asio::awaitable<Response> Hang(const Request&) {
    asio::steady_timer timer(co_await asio::this_coro::executor,
                             asio::steady_timer::time_point::max());
    co_await timer.async_wait(kUseTuple);
    co_return Response{};
  }

  tcp::socket Connect() {
    const auto address = net::ParseHostPort(address_).value();
    tcp::socket socket(loop_);
    socket.connect({asio::ip::make_address(address.host), address.port});
    return socket;
  }

  static asio::awaitable<std::string> Exchange(tcp::socket& socket,
                                               const std::string& request) {
    co_await asio::async_write(socket, asio::buffer(request), kUseTuple);
    std::string answer;
    co_await asio::async_read(socket, asio::dynamic_buffer(answer), kUseTuple);
    co_return answer;
  }

  // Sends `request` on a connection of its own and reads until it is closed.
  std::string Ask(const std::string& request) {
    tcp::socket socket = Connect();
    return RunCoroutine(loop_, Exchange(socket, request));
  }

  static std::string Simple(const std::string& method_and_target,
                            const std::string& body = "") {
    return method_and_target +
           " HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: " +
           std::to_string(body.size()) + "\r\n\r\n" + body;
  }

  asio::io_context loop_;
  std::optional<OpsServer> server_;
  std::string address_;
};

TEST_F(OpsServerTest, GivesWhatTheHandlerGives) {
  Start();
  EXPECT_THAT(Ask(Simple("GET /echo?a=b")),
              AllOf(StartsWith("HTTP/1.1 200 OK\r\n"),
                    HasSubstr("Content-Type: text/plain\r\n"),
                    HasSubstr("Cache-Control: no-store\r\n"),
                    EndsWith("\r\n\r\nGET /echo a=b ")));
}

TEST_F(OpsServerTest, HeadHasTheLengthAndNoBody) {
  Start();
  EXPECT_THAT(Ask(Simple("HEAD /echo")),
              AllOf(StartsWith("HTTP/1.1 200 OK\r\n"),
                    HasSubstr("Content-Length: 12\r\n"), EndsWith("\r\n\r\n")));
}

TEST_F(OpsServerTest, OtherMethodsGetTheBody) {
  Start();
  EXPECT_THAT(Ask(Simple("POST /control", "{}")),
              EndsWith("\r\n\r\nPOST /control  {}"));
}

TEST_F(OpsServerTest, UnknownPathIs404) {
  Start();
  for (const char* target : {"GET /", "GET /echo/", "GET /ech", "POST /",
                             "GET /echo%20", "GET http://x/echo"}) {
    EXPECT_THAT(Ask(Simple(target)), StartsWith("HTTP/1.1 404 "));
  }
}

TEST_F(OpsServerTest, WrongMethodIs405AndSaysWhatWorks) {
  Start();
  EXPECT_THAT(
      Ask(Simple("POST /echo", "x")),
      AllOf(StartsWith("HTTP/1.1 405 "), HasSubstr("Allow: GET, HEAD\r\n")));
  EXPECT_THAT(Ask(Simple("GET /control")),
              AllOf(StartsWith("HTTP/1.1 405 "), HasSubstr("Allow: POST\r\n")));
}

TEST_F(OpsServerTest, BadRequestsAreToldSo) {
  Start();
  EXPECT_THAT(Ask("nonsense\r\n\r\n"), StartsWith("HTTP/1.1 400 "));
  EXPECT_THAT(
      Ask("GET /echo HTTP/1.1\r\nX: " + std::string(9000, 'x') + "\r\n\r\n"),
      StartsWith("HTTP/1.1 431 "));
  EXPECT_THAT(Ask("POST /control HTTP/1.1\r\nHost: x\r\n"
                  "Content-Length: 1048577\r\n\r\n"),
              StartsWith("HTTP/1.1 413 "));
}

TEST_F(OpsServerTest, HandlerThatThrowsIs500AndTellsNobodyWhy) {
  Start();
  EXPECT_THAT(Ask(Simple("GET /throws")),
              AllOf(StartsWith("HTTP/1.1 500 "), Not(HasSubstr("s3cret"))));
}

TEST_F(OpsServerTest, HandlerThatHangsIs503) {
  Start({.answer = absl::Milliseconds(20)});
  EXPECT_THAT(Ask(Simple("GET /hangs")), StartsWith("HTTP/1.1 503 "));
}

TEST_F(OpsServerTest, SlowRequestIsClosed) {
  Start({.request = absl::Milliseconds(20)});
  EXPECT_EQ(Ask("GET /echo HTTP/1.1\r\n"), "");
}

TEST_F(OpsServerTest, ConnectionServesManyRequests) {
  Start();
  const std::string kept = "GET /echo HTTP/1.1\r\nHost: x\r\n\r\n";
  const std::string answers = Ask(kept + kept + Simple("GET /echo?last"));
  EXPECT_THAT(answers, EndsWith("GET /echo last "));
  std::size_t count = 0;
  for (std::size_t at = answers.find("HTTP/1.1 200"); at != std::string::npos;
       at = answers.find("HTTP/1.1 200", at + 1)) {
    ++count;
  }
  EXPECT_EQ(count, 3u);
}

TEST_F(OpsServerTest, ConnectionsBeyondTheBoundAreClosed) {
  Start({.connections = 2});
  tcp::socket first = Connect();
  tcp::socket second = Connect();
  EXPECT_EQ(Ask(Simple("GET /echo")), "");
  EXPECT_THAT(RunCoroutine(loop_, Exchange(first, Simple("GET /echo"))),
              StartsWith("HTTP/1.1 200 OK\r\n"));
  // One has left, so there is room again.
  EXPECT_THAT(Ask(Simple("GET /echo")), StartsWith("HTTP/1.1 200 OK\r\n"));
}

TEST_F(OpsServerTest, StopClosesListenerAndConnections) {
  Start();
  tcp::socket idle = Connect();
  tcp::socket busy = Connect();
  asio::write(busy, asio::buffer(Simple("GET /hangs")));
  loop_.poll();
  server_->Stop();
  EXPECT_EQ(RunCoroutine(loop_, Exchange(idle, "")), "");
  EXPECT_EQ(RunCoroutine(loop_, Exchange(busy, "")), "");
  EXPECT_THROW(Connect(), boost::system::system_error);
}

TEST_F(OpsServerTest, MayBeDestroyedWithOpenConnections) {
  Start();
  tcp::socket busy = Connect();
  asio::write(busy, asio::buffer(Simple("GET /hangs")));
  loop_.poll();
  server_.reset();
  EXPECT_EQ(RunCoroutine(loop_, Exchange(busy, "")), "");
}

TEST_F(OpsServerTest, ListenErrorsNameTheAddress) {
  Start();
  OpsServer other(loop_.get_executor());
  EXPECT_THAT(other.Start(address_),
              StatusIs(absl::StatusCode::kUnavailable, HasSubstr(address_)));
  EXPECT_THAT(
      other.Start("nonsense"),
      StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("nonsense")));
}

}  // namespace
}  // namespace weir::ops
