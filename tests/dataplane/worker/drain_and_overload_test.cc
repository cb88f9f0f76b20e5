// How a worker says no, and how it goes away.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/awaitable.hpp>
#include <boost/system/system_error.hpp>
#include <cstdint>
#include <deque>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "dataplane/quota/quota_book.h"
#include "dataplane/snapshot.h"
#include "dataplane/worker_report.h"
#include "tests/dataplane/peers/fake_provider.h"
#include "tests/dataplane/peers/http_client.h"
#include "tests/dataplane/peers/worker_fixture.h"

namespace weir::dataplane {
namespace {

namespace asio = boost::asio;
using testing::ChatRequest;
using testing::ChatStreamRequest;
using testing::Chunk;
using testing::GetRequest;
using ::testing::HasSubstr;
using testing::HttpAnswer;
using testing::HttpClient;
using testing::HttpReply;
using testing::kDone;
using testing::kLastChunk;
using testing::ProviderConnection;
using testing::Says;
using ::testing::StartsWith;
using testing::StreamHead;

// Its provider begins to answer and finishes when the test says so.
class GoingAwayTest : public testing::WorkerFixture {
 protected:
  GoingAwayTest() {
    hand_.AddModel(
        "json", {AddProvider("json",
                             [this](ProviderConnection& connection,
                                    int) -> asio::awaitable<void> {
                               co_await connection.ReadRequest();
                               arrived_.Set();
                               co_await gate_.Pass();
                               co_await connection.Send(HttpAnswer(200, "{}"));
                             })});
    hand_.AddModel("stream",
                   {AddProvider("stream",
                                [this](ProviderConnection& connection,
                                       int) -> asio::awaitable<void> {
                                  co_await connection.ReadRequest();
                                  co_await connection.Send(StreamHead() +
                                                           Chunk(Says("a")));
                                  co_await gate_.Pass();
                                  co_await connection.Send(
                                      Chunk(kDone) + std::string(kLastChunk));
                                })});
  }

  void AwaitConnections(std::uint32_t open) {
    CollectUntil([open](const WorkerReport& report) {
      return report.connections_open == open;
    });
  }

  testing::Event& arrived_ = NewEvent();
  testing::Gate& gate_ = NewGate();
};

TEST_F(GoingAwayTest, ADrainingWorkerServesAndSaysClose) {
  Start();
  HttpClient early = Connect();
  EXPECT_EQ(early.Ask(GetRequest("/health")).Header("connection"), "");
  HttpClient streaming = Connect();
  streaming.Send(ChatStreamRequest("stream"));
  streaming.AwaitText(Says("a"));
  worker_->StartDrain();
  const HttpReply reply = early.Ask(GetRequest("/v1/models"));
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.Header("connection"), "close");
  EXPECT_EQ(early.AwaitEnd(), HttpClient::End::kOrderly);
  // Still accepts; not ready.
  EXPECT_EQ(Ask(GetRequest("/v1/models")).status, 200);
  EXPECT_EQ(Ask(GetRequest("/health/full")).status, 503);
  EXPECT_EQ(Ask(GetRequest("/health")).status, 200);
  gate_.Open();
  EXPECT_TRUE(streaming.Read().whole);
}

TEST_F(GoingAwayTest, OnceItStopsAcceptingOnlyWhatRunsGoesOn) {
  Start();
  HttpClient idle = Connect();
  EXPECT_EQ(idle.Ask(GetRequest("/health")).status, 200);
  HttpClient running = Connect();
  running.Send(ChatRequest("json"));
  arrived_.Wait();
  worker_->StartDrain();
  worker_->StopAccepting();
  EXPECT_EQ(idle.AwaitEnd(), HttpClient::End::kOrderly);
  EXPECT_THROW(Connect(), boost::system::system_error);
  gate_.Open();
  const HttpReply reply = running.Read();
  EXPECT_EQ(reply.status, 200);
  EXPECT_TRUE(reply.whole);
  EXPECT_EQ(reply.Header("connection"), "close");
  EXPECT_EQ(running.AwaitEnd(), HttpClient::End::kOrderly);
}

TEST_F(GoingAwayTest, ARequestThatIsBeingSentIsWhatRuns) {
  Start();
  const std::string request = ChatStreamRequest("stream");
  HttpClient sending = Connect();
  // The answer to the first shows that the second's begin is read too.
  sending.Send(GetRequest("/health") + request.substr(0, 60));
  EXPECT_EQ(sending.Read().status, 200);
  worker_->StartDrain();
  worker_->StopAccepting();
  sending.Send(request.substr(60));
  gate_.Open();
  const HttpReply reply = sending.Read();
  EXPECT_EQ(reply.status, 200);
  EXPECT_TRUE(reply.whole);
}

TEST_F(GoingAwayTest, StoppingEndsAStreamByAnErrorEvent) {
  Start();
  HttpClient streaming = Connect();
  streaming.Send(ChatStreamRequest("stream"));
  streaming.AwaitText(Says("a"));
  worker_->Stop();
  const HttpReply reply = streaming.Read();
  EXPECT_THAT(reply.body, StartsWith(Says("a") + "data: {\"error\":"));
  EXPECT_THAT(reply.body, HasSubstr("stream_interrupted"));
  EXPECT_FALSE(reply.whole);
}

TEST_F(GoingAwayTest, StoppingAnswersWhatWaitsAndClosesWhatIsIdle) {
  Start();
  HttpClient idle = Connect();
  EXPECT_EQ(idle.Ask(GetRequest("/health")).status, 200);
  HttpClient never_asked = Connect();
  HttpClient waiting = Connect();
  waiting.Send(ChatRequest("json"));
  arrived_.Wait();
  AwaitConnections(3);
  worker_->Stop();
  EXPECT_EQ(idle.AwaitEnd(), HttpClient::End::kOrderly);
  EXPECT_EQ(never_asked.AwaitEnd(), HttpClient::End::kOrderly);
  const HttpReply reply = waiting.Read();
  EXPECT_EQ(reply.status, 503);
  EXPECT_THAT(reply.body, HasSubstr("shutting_down"));
  EXPECT_EQ(reply.Header("x-should-retry"), "true");
}

TEST_F(GoingAwayTest, StoppingEndsTheWaitForAnotherAttempt) {
  hand_.AddModel("busy",
                 {AddProvider("busy", testing::AnswerEach(HttpAnswer(
                                          503, "{}",
                                          "content-type: application/json\r\n"
                                          "retry-after: 2\r\n")))});
  Start();
  std::deque<HttpClient> clients;
  for (int i = 0; i < 3; ++i) {
    clients.emplace_back(address_).Send(ChatRequest("busy"));
  }
  // Nothing lies between a failure and the wait that follows.
  CollectUntil([](const WorkerReport& report) {
    const auto target = report.targets.find({"busy/upstream-busy"});
    return target != report.targets.end() &&
           target->second.attempts.endpoint_failures == 3;
  });
  worker_->Stop();
  for (HttpClient& client : clients) {
    const HttpReply reply = client.Read();
    EXPECT_EQ(reply.status, 503);
    EXPECT_THAT(reply.body, HasSubstr("shutting_down"));
  }
}

TEST_F(GoingAwayTest, StoppingDoesNotWaitForAClientThatTakesNothing) {
  const auto flood = AddProvider(
      "flood",
      [](ProviderConnection& connection, int) -> asio::awaitable<void> {
        co_await connection.ReadRequest();
        co_await connection.Send(
            "HTTP/1.1 200 OK\r\ncontent-length: 99000000\r\n\r\n" +
            std::string(99'000'000, 'x'));
      });
  hand_.AddModel("flood", {flood});
  Start();
  HttpClient client = Connect();
  client.Send(ChatRequest("flood"));
  client.AwaitText("\r\n\r\n");
  worker_->Stop();
  EXPECT_FALSE(client.Read().whole);
}

TEST_F(GoingAwayTest, ManyThreadsMayTalkToIt) {
  Start();
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([this] {
      for (int n = 0; n < 50; ++n) {
        EXPECT_EQ(Ask(GetRequest("/v1/models")).status, 200);
        worker_->Replace(hand_.Build());
        Collect();
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(Collect().connections_accepted, 200U);
}

TEST_F(GoingAwayTest, BeyondItsRequestsAQuick503) {
  options_.limits.max_requests_in_flight = 1;
  Start();
  HttpClient first = Connect();
  first.Send(ChatRequest("json"));
  arrived_.Wait();
  HttpClient second = Connect();
  const HttpReply refused = second.Ask(ChatRequest("json"));
  EXPECT_EQ(refused.status, 503);
  EXPECT_THAT(refused.body, HasSubstr("overloaded"));
  EXPECT_EQ(refused.Header("x-should-retry"), "true");
  EXPECT_EQ(refused.Header("retry-after"), "1");
  EXPECT_EQ(second.Ask(GetRequest("/health")).status, 200);
  EXPECT_EQ(second.Ask(GetRequest("/health/full")).status, 200);
  gate_.Open();
  EXPECT_EQ(first.Read().status, 200);
  EXPECT_EQ(second.Ask(GetRequest("/v1/models")).status, 200);
}

TEST_F(GoingAwayTest, BeyondItsBytesAQuick503) {
  options_.limits.max_bytes_in_flight = 100'000;
  Start();
  const HttpReply reply =
      Ask(testing::PostRequest("/v1/x", std::string(100'001, 'x')));
  EXPECT_EQ(reply.status, 503);
  EXPECT_THAT(reply.body, HasSubstr("overloaded"));
  AwaitConnections(0);
  EXPECT_EQ(Collect().body_bytes_in_flight, 0U);
}

TEST_F(GoingAwayTest, BeyondItsConnectionsACloseAtOnce) {
  options_.limits.max_connections = 1;
  Start();
  HttpClient first = Connect();
  EXPECT_EQ(first.Ask(GetRequest("/health")).status, 200);
  EXPECT_EQ(Connect().Ask(GetRequest("/health")).status, 0);
  EXPECT_EQ(Collect().connections_refused, 1U);
  first.Close();
  AwaitConnections(0);
  EXPECT_EQ(Ask(GetRequest("/health")).status, 200);
}

TEST_F(GoingAwayTest, AProviderAtItsLimitIsSaid) {
  hand_.config().providers[0].max_concurrent = 1;
  Start();
  QuotaBook limits(clock_);
  Snapshot snapshot = hand_.Build();
  snapshot.quotas = limits.Align(snapshot.config);
  worker_->Replace(std::move(snapshot));
  HttpClient first = Connect();
  first.Send(ChatRequest("json"));
  arrived_.Wait();
  const HttpReply refused = Ask(ChatRequest("json"));
  EXPECT_EQ(refused.status, 503);
  EXPECT_THAT(refused.body, HasSubstr("provider_at_capacity"));
  gate_.Open();
  EXPECT_EQ(first.Read().status, 200);
}

}  // namespace
}  // namespace weir::dataplane
