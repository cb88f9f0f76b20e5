// The exchange with a provider over real sockets.
#include "dataplane/attempt/http_upstream.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <boost/asio/buffer.hpp>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "dataplane/attempt/failure.h"
#include "dataplane/attempt/interrupt.h"
#include "dataplane/attempt/upstream.h"
#include "dataplane/request.h"
#include "dataplane/worker_report.h"
#include "tests/dataplane/peers/fake_provider.h"
#include "tests/dataplane/peers/snapshot_by_hand.h"
#include "tests/dataplane/peers/test_loop.h"
#include "tests/testing/fake_random.h"

namespace weir::dataplane {
namespace {

namespace asio = boost::asio;
using testing::AnswerEach;
using testing::AnswerInTurn;
using testing::Chunk;
using testing::FakeProvider;
using ::testing::HasSubstr;
using testing::HttpAnswer;
using testing::kLastChunk;
using testing::ProviderConnection;
using testing::ProviderScript;
using testing::Started;
using testing::StreamHead;

constexpr std::string_view kRequest =
    "POST /v1/x HTTP/1.1\r\nhost: h\r\ncontent-length: 4\r\n\r\nbody";

class HttpUpstreamTest : public ::testing::Test {
 protected:
  void Provider(ProviderScript script) {
    provider_.emplace(loop_.context, std::move(script));
    testing::SnapshotByHand hand;
    hand.AddProvider("p", provider_->port());
    entry_ = hand.config().providers[0];
  }

  io::Task<SendResult> SendOnce(std::string_view bytes) {
    const std::array<asio::const_buffer, 1> buffers = {
        asio::buffer(bytes.data(), bytes.size())};
    const UpstreamRequest request{http1::Method::kPost, replay_, buffers};
    co_return co_await upstream_.Send(entry_, request, interrupt_, counters_);
  }
  // The whole body, or `STAGE: reason` of the failure, or the code of what went
  // wrong with the body.
  io::Task<std::string> Exchange(std::string_view bytes) {
    SendResult sent = co_await SendOnce(bytes);
    if (const auto* failure = std::get_if<Failure>(&sent)) {
      constexpr std::array<const char*, 3> kStages = {"connect", "unanswered",
                                                      "answering"};
      co_return std::string(kStages[static_cast<int>(failure->stage)]) + ": " +
          failure->reason;
    }
    auto& exchange = *std::get<std::unique_ptr<dataplane::Exchange>>(sent);
    std::string body = std::to_string(exchange.head().status) + " ";
    for (;;) {
      const absl::StatusOr<BodyPiece> piece = co_await exchange.ReadBody();
      if (!piece.ok()) {
        co_return body + absl::StatusCodeToString(piece.status().code());
      }
      body += piece->data;
      if (piece->last) co_return body;
    }
  }
  std::string Ask(std::string_view bytes = kRequest) {
    return loop_.Run(Exchange(bytes));
  }
  int connections() { return provider_->accepted(); }

  testing::TestLoop loop_;
  testing::FakeRandom random_;
  Interrupt interrupt_{loop_.wheel};
  TargetCounters counters_;
  std::optional<FakeProvider> provider_;
  ProviderEntry entry_;
  HttpUpstream upstream_{loop_.context, loop_.wheel, random_};
  Replay replay_ = Replay::kAllowed;
};

TEST_F(HttpUpstreamTest, ConnectionsAreUsedAgain) {
  Provider(AnswerEach(HttpAnswer(200, "hello")));
  EXPECT_EQ(Ask(), "200 hello");
  EXPECT_EQ(Ask(), "200 hello");
  EXPECT_EQ(Ask(), "200 hello");
  EXPECT_EQ(connections(), 1);
  EXPECT_EQ(counters_.connections_opened, 1U);
  EXPECT_EQ(counters_.connections_reused, 2U);
}

TEST_F(HttpUpstreamTest, BodiesOfEveryFraming) {
  Provider(AnswerInTurn(
      {StreamHead() + Chunk("one") + Chunk("two") + std::string(kLastChunk),
       "HTTP/1.1 204 No Content\r\n\r\n", HttpAnswer(200, ""),
       HttpAnswer(200, std::string(300'000, 'x'))}));
  EXPECT_EQ(Ask(), "200 onetwo");
  EXPECT_EQ(Ask(), "204 ");
  EXPECT_EQ(Ask(), "200 ");
  EXPECT_TRUE(Ask() == "200 " + std::string(300'000, 'x'));
  EXPECT_EQ(connections(), 1);
}

// With the body's first piece, or with none.
TEST_F(HttpUpstreamTest, WholeChunksAreKnownAsTheyCame) {
  struct Case {
    std::string body;
    std::string data;
    std::string chunks;
  };
  const std::string two = Chunk("one") + Chunk("two");
  const std::vector<Case> cases = {
      {"00" + two, "onetwo", "00" + two},
      {two + "5\r\nth", "onetwoth", ""},
      {two + "5\r", "onetwo", ""},
      {two + "3\r\nend\r", "onetwoend", ""},
      {two + std::string(kLastChunk), "onetwo", ""},
  };
  std::vector<std::string> answers;
  for (const Case& c : cases) answers.push_back(StreamHead() + c.body);
  Provider(AnswerInTurn(answers));
  for (const Case& c : cases) {
    SCOPED_TRACE(c.body);
    SendResult sent = loop_.Run(SendOnce(kRequest));
    ASSERT_TRUE(
        std::holds_alternative<std::unique_ptr<dataplane::Exchange>>(sent));
    const auto piece =
        std::get<std::unique_ptr<dataplane::Exchange>>(sent)->TakeBody();
    ASSERT_TRUE(piece.has_value() && piece->ok());
    EXPECT_EQ((*piece)->data, c.data);
    EXPECT_EQ((*piece)->chunks, c.chunks);
  }
}

TEST_F(HttpUpstreamTest, AnAnswerByteByByteIsTheSame) {
  Provider([](ProviderConnection& connection, int) -> asio::awaitable<void> {
    while (!(co_await connection.ReadRequest()).empty()) {
      co_await connection.SendSlowly(
          "HTTP/1.1 100 Continue\r\n\r\n" + StreamHead() + Chunk("one") +
          Chunk("twenty bytes of data") + std::string(kLastChunk));
    }
  });
  EXPECT_EQ(Ask(), "200 onetwenty bytes of data");
  EXPECT_EQ(Ask(), "200 onetwenty bytes of data");
  EXPECT_EQ(connections(), 1);
}

TEST_F(HttpUpstreamTest, ABodyMayEndWithItsConnection) {
  Provider([](ProviderConnection& connection, int) -> asio::awaitable<void> {
    co_await connection.ReadRequest();
    co_await connection.Send("HTTP/1.1 200 OK\r\n\r\nuntil close");
  });
  EXPECT_EQ(Ask(), "200 until close");
  EXPECT_EQ(Ask(), "200 until close");
  EXPECT_EQ(connections(), 2);
}

struct Bad {
  std::string name;
  std::string answer;
  std::string_view want;
};
void PrintTo(const Bad& bad, std::ostream* out) { *out << bad.name; }

class BadAnswerTest : public HttpUpstreamTest,
                      public ::testing::WithParamInterface<Bad> {};

// A bad answer is a failure, its connection is closed, and the next request is
// answered on a new one.
TEST_P(BadAnswerTest, IsAFailureAndItsConnectionIsNotUsedAgain) {
  const std::string bad = GetParam().answer;
  Provider([bad](ProviderConnection& connection,
                 int index) -> asio::awaitable<void> {
    co_await connection.ReadRequest();
    if (index > 0) co_return co_await connection.Send(HttpAnswer(200, "good"));
    co_await connection.Send(bad);
  });
  EXPECT_THAT(Ask(), HasSubstr(std::string(GetParam().want)));
  EXPECT_EQ(Ask(), "200 good");
  EXPECT_EQ(connections(), 2);
}

INSTANTIATE_TEST_SUITE_P(
    Table, BadAnswerTest,
    ::testing::ValuesIn(std::vector<Bad>{
        {"CutInTheHead", "HTTP/1.1 200 OK\r\n", "answering: closed"},
        {"CutInABodyWithLength",
         "HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nab", "200 abUNAVAILABLE"},
        {"CutInChunks", StreamHead() + Chunk("ab"), "200 abUNAVAILABLE"},
        {"CutBeforeTheLastChunksEnd", StreamHead() + Chunk("ab") + "0\r\n",
         "200 abUNAVAILABLE"},
        {"BadChunks", StreamHead() + "zz\r\n", "200 DATA_LOSS"},
        {"BothLengths",
         "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n"
         "transfer-encoding: chunked\r\n\r\n0\r\n\r\n",
         "answering: invalid HTTP"},
        {"TwoLengths",
         "HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-length: 3\r\n\r\nab",
         "answering: invalid HTTP"},
        {"Garbage", "SSH-2.0-OpenSSH_9.2\r\n\r\n", "answering: invalid HTTP"},
        {"BareLineFeeds", "HTTP/1.1 200 OK\ncontent-length: 0\n\n",
         "answering: invalid HTTP"},
        {"HeadTooLarge",
         "HTTP/1.1 200 OK\r\nx: " + std::string(70'000, 'x') + "\r\n\r\n",
         "answering: invalid HTTP"},
        {"ManyInterimAnswers",
         [] {
           std::string many;
           for (int i = 0; i < 9; ++i) many += "HTTP/1.1 103 Hints\r\n\r\n";
           return many + HttpAnswer(200, "no");
         }(),
         "answering: too many"},
        {"InterimAnswerAndNoMore", "HTTP/1.1 102 Processing\r\n\r\n",
         "answering: closed"},
        {"SwitchesProtocols", "HTTP/1.1 101 Switching Protocols\r\n\r\n",
         "answering: "},
        {"TwoAnswersForOneRequest",
         HttpAnswer(200, "one") + HttpAnswer(200, "two"), "200 one"},
        {"SaysClose",
         "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 3\r\n\r\none",
         "200 one"},
    }),
    [](const auto& test) { return test.param.name; });

TEST_F(HttpUpstreamTest, AReusedConnectionThatDiesUnansweredIsReplacedOnce) {
  Provider(
      [](ProviderConnection& connection, int index) -> asio::awaitable<void> {
        co_await connection.ReadRequest();
        co_await connection.Send(HttpAnswer(200, std::to_string(index)));
        co_await connection.ReadRequest();
        // It closes as the second request arrives.
      });
  EXPECT_EQ(Ask(), "200 0");
  EXPECT_EQ(Ask(), "200 1");
  EXPECT_EQ(connections(), 2);
}

TEST_F(HttpUpstreamTest, WhatMayBeWorkIsNotReplayed) {
  Provider([](ProviderConnection& connection, int) -> asio::awaitable<void> {
    co_await connection.ReadRequest();
    co_await connection.Send(HttpAnswer(200, "once"));
    co_await connection.ReadRequest();
  });
  replay_ = Replay::kForbidden;
  EXPECT_EQ(Ask(), "200 once");
  EXPECT_THAT(Ask(), HasSubstr("unanswered: "));
  EXPECT_EQ(connections(), 1);
}

TEST_F(HttpUpstreamTest, AFreshConnectionThatDiesUnansweredIsAFailure) {
  Provider([](ProviderConnection& connection, int) -> asio::awaitable<void> {
    co_await connection.ReadRequest();
    connection.Reset();
  });
  EXPECT_THAT(Ask(), HasSubstr("unanswered: "));
  EXPECT_EQ(connections(), 1);
}

TEST_F(HttpUpstreamTest, AProviderThatCannotBeReachedIsAFailure) {
  Provider(AnswerEach(""));
  provider_.reset();
  EXPECT_THAT(Ask(), HasSubstr("connect: "));
}

TEST_F(HttpUpstreamTest, AnIdleConnectionThatSpeaksIsNotUsed) {
  testing::Gate gate(loop_.context);
  bool dropped = false;
  Provider(
      [&](ProviderConnection& connection, int index) -> asio::awaitable<void> {
        co_await connection.ReadRequest();
        co_await connection.Send(HttpAnswer(200, std::to_string(index)));
        co_await gate.Pass();
        co_await connection.Send(HttpAnswer(200, "poison"));
        co_await connection.AwaitClose();
        dropped = true;
      });
  EXPECT_EQ(Ask(), "200 0");
  gate.Open();
  loop_.RunUntil([&] { return dropped; });
  EXPECT_EQ(Ask(), "200 1");
}

TEST_F(HttpUpstreamTest, AnIdleConnectionThatEndsIsNotUsed) {
  Provider(
      [](ProviderConnection& connection, int index) -> asio::awaitable<void> {
        co_await connection.ReadRequest();
        co_await connection.Send(HttpAnswer(200, std::to_string(index)));
      });
  replay_ = Replay::kForbidden;
  EXPECT_EQ(Ask(), "200 0");
  loop_.Settle();
  EXPECT_EQ(Ask(), "200 1");
}

TEST_F(HttpUpstreamTest, AnEarlyRefusalIsHeardThoughTheRequestIsNotTaken) {
  const std::string large =
      "POST /v1/x HTTP/1.1\r\ncontent-length: 33554432"
      "\r\n\r\n" +
      std::string(32 << 20, 'b');
  Provider([](ProviderConnection& connection, int) -> asio::awaitable<void> {
    co_await connection.ReadSome();
    co_await connection.Send(HttpAnswer(413, "too large"));
    // Closing with the rest unread resets the connection.
  });
  EXPECT_EQ(Ask(large), "413 too large");
  EXPECT_EQ(Ask(), "413 too large");
  EXPECT_EQ(connections(), 2);
}

TEST_F(HttpUpstreamTest, AnInterruptEndsTheWaitForAHead) {
  bool closed = false;
  Provider([&](ProviderConnection& connection, int) -> asio::awaitable<void> {
    co_await connection.ReadRequest();
    co_await connection.AwaitClose();
    closed = true;
  });
  Started asking(loop_, Exchange(kRequest));
  loop_.Settle();
  interrupt_.Raise(Interrupt::Why::kClientGone);
  EXPECT_THAT(asking.Result(), HasSubstr("unanswered: "));
  loop_.RunUntil([&] { return closed; });
}

TEST_F(HttpUpstreamTest, AnInterruptEndsTheWaitForABody) {
  bool closed = false;
  Provider([&](ProviderConnection& connection, int) -> asio::awaitable<void> {
    co_await connection.ReadRequest();
    co_await connection.Send(StreamHead() + Chunk("begun"));
    co_await connection.AwaitClose();
    closed = true;
  });
  Started asking(loop_, Exchange(kRequest));
  loop_.Settle();
  interrupt_.Raise(Interrupt::Why::kTimeout);
  EXPECT_EQ(asking.Result(), "200 begunCANCELLED");
  loop_.RunUntil([&] { return closed; });
}

// The forward proxy takes the connection and never answers.
class SilentProxyTest : public HttpUpstreamTest {
 protected:
  SilentProxyTest() {
    Provider([](ProviderConnection& connection, int) -> asio::awaitable<void> {
      co_await connection.AwaitClose();
    });
    entry_.dial.proxy.emplace();
    entry_.dial.proxy->host = "127.0.0.1";
    entry_.dial.proxy->port = provider_->port();
    entry_.dial.url.host = "provider.example";
  }

  Failure Interrupted(Interrupt::Why why) {
    Started asking(loop_, SendOnce(kRequest));
    loop_.RunUntil([&] { return connections() == 1; });
    loop_.Settle();
    EXPECT_FALSE(asking.ended());
    interrupt_.Raise(why);
    return std::get<Failure>(asking.Result());
  }
};

TEST_F(SilentProxyTest, AnInterruptEndsADial) {
  const Failure failure = Interrupted(Interrupt::Why::kClientGone);
  EXPECT_EQ(failure.stage, Stage::kConnect);
  EXPECT_EQ(failure.blame, Blame::kNobody);
}

TEST_F(SilentProxyTest, ADeadlineSaysThatTimeWasUp) {
  const Failure failure = Interrupted(Interrupt::Why::kTimeout);
  EXPECT_EQ(failure.stage, Stage::kConnect);
  EXPECT_EQ(failure.blame, Blame::kEndpoint);
  EXPECT_EQ(failure.reason, "timed out before it was connected");
}

TEST_F(HttpUpstreamTest, WhatIsInterruptedAlreadyIsNotBegun) {
  Provider(AnswerEach(HttpAnswer(200, "hello")));
  EXPECT_EQ(Ask(), "200 hello");
  interrupt_.Raise(Interrupt::Why::kClientGone);
  EXPECT_THAT(Ask(), HasSubstr("connect: "));
}

}  // namespace
}  // namespace weir::dataplane
