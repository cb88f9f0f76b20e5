#include "common/net/http_exchange.h"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/write.hpp>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/net/dial.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/common/net/fake_peer.h"
#include "tests/common/net/run_coroutine.h"
#include "tests/testing/status_matchers.h"

namespace weir::net {
namespace {

using testing::FakePeer;
using ::testing::SizeIs;
using testing::StatusIs;

asio::awaitable<void> AnswerInPieces(FakePeer::Socket socket,
                                     std::vector<std::string> pieces) {
  char buffer[512];
  co_await socket.async_read_some(asio::buffer(buffer), kUseTuple);
  for (const std::string& piece : pieces) {
    co_await asio::async_write(socket, asio::buffer(piece), kUseTuple);
  }
  co_await testing::Drain(socket);
}

// A client's begin; the peer says each piece by itself.
asio::awaitable<absl::StatusOr<HttpAnswer>> AskPeer(DialPlan plan,
                                                    ExchangeOptions options) {
  auto transport = co_await Dial(plan, absl::Seconds(5), nullptr);
  if (!transport.ok()) co_return transport.status();
  std::string request = "GET / HTTP/1.1\r\n\r\n";
  co_return co_await Exchange(*transport, std::move(request),
                              std::move(options));
}

class HttpExchangeTest : public ::testing::Test {
 protected:
  absl::StatusOr<HttpAnswer> Ask(std::vector<std::string> pieces,
                                 ExchangeOptions options) {
    FakePeer peer(loop_, [&](FakePeer::Socket socket) {
      return AnswerInPieces(std::move(socket), pieces);
    });
    DialPlan plan;
    plan.url = {Scheme::kHttp, "127.0.0.1", peer.port(), ""};
    return testing::RunCoroutine(loop_, AskPeer(plan, std::move(options)));
  }

  asio::io_context loop_{1};
};

TEST_F(HttpExchangeTest, HeadersAreFoundInAnyCase) {
  const auto answer = Ask({"HTTP/1.1 200 OK\r\nX-Weir-Model: m\r\n"
                           "content-length: 2\r\nx-weir-model: n\r\n\r\nhi"},
                          {});
  ASSERT_TRUE(answer.ok()) << answer.status();
  EXPECT_EQ(answer->Header("x-weir-model"), "m");
  EXPECT_EQ(answer->Header("x-none"), "");
  EXPECT_THAT(answer->headers, SizeIs(3));
  EXPECT_EQ(answer->body, "hi");
  EXPECT_EQ(answer->reuse, Reuse::kKeepOpen);
}

TEST_F(HttpExchangeTest, TheBodyIsSeenAsItComes) {
  std::string seen;
  int status = 0;
  ExchangeOptions options;
  options.on_body = [&](int its_status, std::string_view body) {
    status = its_status;
    EXPECT_TRUE(body.starts_with(seen));
    seen = body;
  };
  const auto answer = Ask({"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n",
                           "\r\n2\r\nab\r\n", "3\r\ncde", "\r\n0\r\n\r\n"},
                          std::move(options));
  ASSERT_TRUE(answer.ok()) << answer.status();
  EXPECT_EQ(seen, "abcde");
  EXPECT_EQ(status, 200);
  EXPECT_EQ(answer->body, "abcde");
}

TEST_F(HttpExchangeTest, WhatIsLongerThanAllowedIsRefused) {
  ExchangeOptions options;
  options.max_answer_bytes = std::size_t{2} << 20;
  const auto answer =
      Ask({"HTTP/1.1 200 OK\r\nContent-Length: 2097153\r\n\r\n"},
          std::move(options));
  EXPECT_THAT(answer.status(), StatusIs(absl::StatusCode::kOutOfRange,
                                        "answer is longer than 2 MiB"));
}

}  // namespace
}  // namespace weir::net
