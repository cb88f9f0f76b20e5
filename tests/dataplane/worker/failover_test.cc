// What providers do wrong before the client's first byte costs it nothing;
// after it, never a clean end.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/awaitable.hpp>
#include <ostream>
#include <string>
#include <vector>

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
using ::testing::HasSubstr;
using testing::HttpAnswer;
using testing::HttpClient;
using testing::HttpReply;
using testing::kDone;
using testing::kLastChunk;
using testing::kRole;
using testing::ProviderConnection;
using testing::Says;
using ::testing::StartsWith;
using testing::StreamHead;

std::string GoodStream() {
  return StreamHead() + Chunk(std::string(kRole) + Says("good")) +
         Chunk(kDone) + std::string(kLastChunk);
}

struct Fault {
  std::string name;
  // All that the provider sends before it closes.
  std::string answer;
};
void PrintTo(const Fault& fault, std::ostream* out) { *out << fault.name; }

class FaultTest : public testing::WorkerFixture,
                  public ::testing::WithParamInterface<Fault> {
 protected:
  void SetUp() override {
    const std::string answer = GetParam().answer;
    const auto bad = AddProvider(
        "bad",
        [answer](ProviderConnection& connection, int) -> asio::awaitable<void> {
          co_await connection.ReadRequest();
          co_await connection.Send(answer);
        });
    hand_.AddModel(
        "json",
        {bad, AddProvider("json", AnswerEach(HttpAnswer(200, "good")))});
    hand_.AddModel("stream",
                   {bad, AddProvider("stream", AnswerEach(GoodStream()))});
    Start();
  }
};

TEST_P(FaultTest, TheNextProvidersAnswerIsTheClients) {
  for (int i = 0; i < 3; ++i) {
    const HttpReply json = Ask(ChatRequest("json"));
    EXPECT_EQ(json.status, 200);
    EXPECT_EQ(json.body, "good");
    EXPECT_TRUE(json.whole);
    const HttpReply stream = Ask(ChatStreamRequest("stream"));
    EXPECT_EQ(stream.body,
              std::string(kRole) + Says("good") + std::string(kDone));
    EXPECT_TRUE(stream.whole);
  }
  const HttpReply first = Ask(ChatRequest("json"));
  EXPECT_EQ(first.Header("x-weir-provider"), "json");
  EXPECT_GT(Collect().failovers, 0U);
  EXPECT_EQ(Collect().streams_broken, 0U);
}

INSTANTIATE_TEST_SUITE_P(
    Table, FaultTest,
    ::testing::ValuesIn(std::vector<Fault>{
        {"SaysNothing", ""},
        {"Status500", HttpAnswer(500, "{}")},
        {"Status429", HttpAnswer(429, "{}")},
        {"Status401", HttpAnswer(401, "{}")},
        {"Garbage", "hello?\r\n\r\n"},
        {"BothLengths",
         "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n"
         "transfer-encoding: chunked\r\n\r\n{}"},
        {"CutBody", "HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n{\"id\""},
        {"CutChunks", "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n" +
                          Chunk("{\"id\"")},
        {"StreamWithoutContent", StreamHead() + Chunk(kRole)},
        {"StreamThatEndsEmpty",
         StreamHead() + Chunk(kRole) + std::string(kLastChunk)},
        {"StreamThatBeginsWithAnError",
         StreamHead() +
             Chunk("data: {\"error\":{\"message\":\"overloaded\"}}\n\n")},
    }),
    [](const auto& test) { return test.param.name; });

class CommittedTest : public testing::WorkerFixture {
 protected:
  // The only provider sends `bytes` and then closes.
  void Serve(std::string bytes) {
    hand_.AddModel("m", {AddProvider("p",
                                     [bytes](ProviderConnection& connection,
                                             int) -> asio::awaitable<void> {
                                       co_await connection.ReadRequest();
                                       co_await connection.Send(bytes);
                                     })});
    Start();
  }
};

TEST_F(CommittedTest, AClientsOwnErrorIsPassedOnAndHeldAgainstNobody) {
  const std::string event =
      "data: {\"error\":{\"message\":\"too long\",\"code\":400}}\n\n";
  Serve(StreamHead() + Chunk(event) + Chunk(kDone) + std::string(kLastChunk));
  EXPECT_THAT(Ask(ChatStreamRequest("m")).body, StartsWith(event));
  const WorkerReport report = Collect();
  const AttemptCounts& attempts = report.targets.at({"p/upstream-m"}).attempts;
  EXPECT_EQ(attempts.client_errors, 1U);
  EXPECT_EQ(attempts.endpoint_failures, 0U);
  EXPECT_EQ(report.streams_broken, 0U);
  EXPECT_EQ(report.failovers, 0U);
}

TEST_F(CommittedTest, AStreamThatBreaksOffEndsWithAnErrorEvent) {
  Serve(StreamHead() + Chunk(Says("a") + "data: {\"ch"));
  HttpClient client = Connect();
  const HttpReply reply = client.Ask(ChatStreamRequest("m"));
  EXPECT_EQ(reply.status, 200);
  EXPECT_THAT(reply.body, StartsWith(Says("a") + "data: {\"error\":"));
  EXPECT_THAT(reply.body, HasSubstr("\"code\":\"stream_interrupted\""));
  EXPECT_FALSE(reply.whole);
  const WorkerReport report = Collect();
  EXPECT_EQ(report.streams_broken, 1U);
  EXPECT_EQ(report.targets.at({"p/upstream-m"}).attempts.endpoint_failures, 1U);
}

TEST_F(CommittedTest, ABodyThatBreaksOffAfterItsFirstMebibyteHasNoEnd) {
  Serve("HTTP/1.1 200 OK\r\ncontent-length: 3000000\r\n\r\n" +
        std::string(2'000'000, 'x'));
  const HttpReply reply = Ask(ChatRequest("m"));
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.body.size(), 2'000'000U);
  EXPECT_FALSE(reply.whole);
}

// A close is the end of a body to this client, so a cut one ends by a reset.
TEST_F(CommittedTest, AnHttp10ClientSeesThatABodyIsCut) {
  Serve("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n" +
        Chunk(std::string(2'000'000, 'x')));
  std::string request = ChatRequest("m");
  request.replace(request.find("HTTP/1.1"), 8, "HTTP/1.0");
  HttpClient client = Connect();
  const HttpReply reply = client.Ask(request);
  EXPECT_EQ(reply.status, 200);
  EXPECT_FALSE(reply.whole);
}

class CancelTest : public testing::WorkerFixture {
 protected:
  // Sends `begin` to each request and tells when the node has closed.
  void Serve(std::string begin) {
    arrived_ = &NewEvent();
    closed_ = &NewEvent();
    hand_.AddModel("m",
                   {AddProvider("p",
                                [this, begin](ProviderConnection& connection,
                                              int) -> asio::awaitable<void> {
                                  co_await connection.ReadRequest();
                                  co_await connection.Send(begin);
                                  arrived_->Set();
                                  co_await connection.AwaitClose();
                                  closed_->Set();
                                })});
    Start();
  }
  // Time stands still, so that only the client's leaving can close it.
  void ExpectCancelled() {
    closed_->Wait();
    CollectUntil([](const WorkerReport& report) {
      return report.connections_open == 0;
    });
    const WorkerReport report = Collect();
    EXPECT_EQ(report.client_disconnects, 1U);
    EXPECT_EQ(report.requests_in_flight, 0U);
    EXPECT_EQ(report.streams_in_flight, 0U);
    EXPECT_EQ(report.streams_broken, 0U);
    const TargetCounters& target = report.targets.at({"p/upstream-m"});
    EXPECT_EQ(target.in_flight, 0U);
    EXPECT_EQ(target.attempts.endpoint_failures, 0U);
  }

  testing::Event* arrived_ = nullptr;
  testing::Event* closed_ = nullptr;
};

TEST_F(CancelTest, AClientThatLeavesBeforeTheAnswerEndsTheAttempt) {
  Serve("");
  HttpClient client = Connect();
  client.Send(ChatRequest("m"));
  arrived_->Wait();
  client.Close();
  ExpectCancelled();
}

TEST_F(CancelTest, AClientThatLeavesAStreamEndsIt) {
  Serve(StreamHead() + Chunk(Says("a")));
  HttpClient client = Connect();
  client.Send(ChatStreamRequest("m"));
  client.AwaitText(Says("a"));
  client.Close();
  ExpectCancelled();
}

// Though it had sent a part of its next request.
TEST_F(CancelTest, AClientThatPipelinedIsNoticedToo) {
  Serve("");
  HttpClient client = Connect();
  client.Send(ChatRequest("m") + "POST /v1/");
  arrived_->Wait();
  client.Close();
  ExpectCancelled();
}

}  // namespace
}  // namespace weir::dataplane
