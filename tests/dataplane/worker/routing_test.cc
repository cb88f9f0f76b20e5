// What a worker learns from answers and does with the next requests.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <boost/asio/awaitable.hpp>
#include <string>

#include "absl/time/time.h"
#include "dataplane/worker_report.h"
#include "tests/dataplane/peers/fake_provider.h"
#include "tests/dataplane/peers/http_client.h"
#include "tests/dataplane/peers/worker_fixture.h"

namespace weir::dataplane {
namespace {

namespace asio = boost::asio;
using testing::AnswerEach;
using testing::ChatRequest;
using testing::ChatStreamRequest;
using testing::Chunk;
using testing::HttpAnswer;
using testing::HttpReply;
using testing::ProviderConnection;
using testing::Says;
using testing::StreamHead;

class RoutingTest : public testing::WorkerFixture {
 protected:
  // With one more header line.
  static std::string With(const std::string& line, std::string request) {
    return request.insert(request.find("\r\n") + 2, line + "\r\n");
  }
  TargetCounters Target(const std::string& id) {
    return Collect().targets.at({id});
  }

  std::atomic<bool> works_ = false;
};

TEST_F(RoutingTest, TwentyStreamsThatBreakOffOpenTheBreaker) {
  hand_.AddModel("m", {AddProvider("p",
                                   [](ProviderConnection& connection,
                                      int) -> asio::awaitable<void> {
                                     co_await connection.ReadRequest();
                                     const std::string begin =
                                         StreamHead() + Chunk(Says("a"));
                                     co_await connection.Send(begin);
                                   })});
  Start();
  int broken = 0;
  for (int i = 0; i < 20; ++i) {
    const HttpReply reply = Ask(ChatStreamRequest("m"));
    if (reply.status == 200) {
      EXPECT_FALSE(reply.whole);
      ++broken;
    } else {
      EXPECT_EQ(reply.status, 503);
      EXPECT_EQ(reply.Header("retry-after"), "30");
    }
  }
  EXPECT_EQ(broken, 5);
  const TargetCounters target = Target("p/upstream-m");
  EXPECT_EQ(target.breaker, BreakerState::kOpen);
  EXPECT_EQ(target.attempts.successes, 0U);
  EXPECT_EQ(target.attempts.endpoint_failures, 5U);
  EXPECT_EQ(target.latency.count(), 5U);
}

TEST_F(RoutingTest, AVoucherOfTheControlPlaneEndsTheWait) {
  hand_.AddModel("m", {AddProvider("p",
                                   [this](ProviderConnection& connection,
                                          int) -> asio::awaitable<void> {
                                     co_await connection.ReadRequest();
                                     const std::string answer =
                                         HttpAnswer(works_ ? 200 : 500, "{}");
                                     co_await connection.Send(answer);
                                   })});
  Start();
  // Each request asks twice, a wait apart.
  hand_.config().providers[0].breaker.failures = 1;
  worker_->Replace(hand_.Build());
  EXPECT_NE(Ask(With("x-weir-timeout: 1ms", ChatRequest("m"))).status, 200);
  EXPECT_EQ(Ask(ChatRequest("m")).status, 503);
  for (const Standing standing : {Standing::kUnhealthy, Standing::kUsable}) {
    hand_.weights().share[0].standing = standing;
    worker_->Replace(hand_.Build());
  }
  works_ = true;
  EXPECT_EQ(Ask(ChatRequest("m")).status, 200);
  EXPECT_EQ(Target("p/upstream-m").breaker, BreakerState::kClosed);
}

TEST_F(RoutingTest, ABackupCredentialTakesOver) {
  const auto p = AddProvider(
      "p", [](ProviderConnection& connection, int) -> asio::awaitable<void> {
        for (;;) {
          const std::string request = co_await connection.ReadRequest();
          if (request.empty()) co_return;
          const bool good = request.find("backup") != std::string::npos;
          const std::string answer = HttpAnswer(good ? 200 : 401, "{}");
          co_await connection.Send(answer);
        }
      });
  hand_.config().providers[p].credentials.push_back(
      {"authorization: Bearer backup\r\n", 1});
  hand_.AddModel("m", {p});
  Start();
  for (int i = 0; i < 5; ++i) EXPECT_EQ(Ask(ChatRequest("m")).status, 200);
  const WorkerReport report = Collect();
  EXPECT_EQ(report.retries, 1U);
  EXPECT_EQ(report.refused_credentials.at("p").at(0), "HTTP 401");
}

TEST_F(RoutingTest, WhatAClientSaysWrongIsCountedAndServed) {
  hand_.AddModel("m", {AddProvider("p", AnswerEach(HttpAnswer(200, "{}")))});
  Start();
  EXPECT_EQ(Ask(With("x-weir-class: quick", ChatRequest("m"))).status, 200);
  EXPECT_EQ(Ask(With("x-weir-region: moon", ChatRequest("m"))).status, 200);
  EXPECT_EQ(Collect().ignored_headers.at("x-weir-class"), 1U);
  EXPECT_EQ(Collect().ignored_headers.at("x-weir-region"), 1U);
}

TEST_F(RoutingTest, TheModelThatServesIsNamed) {
  const auto p = AddProvider("p", AnswerEach(HttpAnswer(200, "{}")));
  hand_.AddModel("auto", {});
  const auto strong = hand_.AddModel("strong", {p});
  hand_.config().models[0].route.fill(strong);
  // The key's rights are about what it asks for.
  hand_.AddKey("narrow-key", {0});
  Start();
  std::string request = ChatRequest("auto");
  const std::string key(testing::kClientKey);
  request.replace(request.find(key), key.size(), "narrow-key");
  const HttpReply reply = Ask(request);
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.Header("x-weir-model"), "strong");
}

}  // namespace
}  // namespace weir::dataplane
