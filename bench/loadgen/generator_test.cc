// The generator against the simulated provider, each with its own thread.
#include "bench/loadgen/generator.h"

#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>
#include <string_view>

#include "bench/loadgen/request_text.h"
#include "bench/text/text.h"
#include "tests/simprovider/server.h"
#include "tests/simprovider/settings_json.h"

namespace weir::bench {
namespace {

using std::chrono::milliseconds;

class GeneratorTest : public ::testing::Test {
 protected:
  // The results of 100 requests in 100 ms at a provider with these settings.
  Results Run(std::string_view settings) { return RunAt(ServerPort(settings)); }

  Results RunAt(std::uint16_t port) {
    const Target target = *ParseTarget(text::Cat("http://127.0.0.1:", port));
    EventLoop loop;
    Generator generator(loop, plan_, target, {}, "x-simprovider");
    generator.Start();
    loop.Run();
    return generator.results();
  }

  std::uint16_t ServerPort(std::string_view settings) {
    simprovider::ServerOptions options;
    options.name = "alpha";
    options.settings = *simprovider::MergeSettings({}, {}, settings);
    server_ = *simprovider::Server::Start(std::move(options));
    return server_->port();
  }

  void UseStreams() { plan_.sse_share = 1.0; }

  Plan plan_{.rate = 1000,
             .duration = milliseconds(100),
             .timeout = std::chrono::seconds(10)};
  std::unique_ptr<simprovider::Server> server_;
};

TEST_F(GeneratorTest, SendsAtTheRateAndCountsWhoAnswered) {
  const Results results = Run("{}");
  EXPECT_EQ(results.of(Kind::kJson).of(Fate::kOk), 100U);
  EXPECT_EQ(results.of(Kind::kJson).failed(), 0U);
  EXPECT_EQ(results.of(Kind::kJson).latency.count(), 100U);
  EXPECT_EQ(results.header_values.at("alpha"), 100U);
  EXPECT_EQ(results.unsent, 0U);
}

TEST_F(GeneratorTest, EndsEarlyWhenItIsTold) {
  plan_.duration = std::chrono::hours(1);
  const Target target =
      *ParseTarget(text::Cat("http://127.0.0.1:", ServerPort("{}")));
  EventLoop loop;
  Generator generator(loop, plan_, target, {}, "");
  generator.Start();
  generator.EndEarly();
  loop.Run();
  EXPECT_LT(generator.results().measured, std::chrono::minutes(1));
  EXPECT_EQ(generator.results().of(Kind::kJson).failed(), 0U);
  EXPECT_EQ(generator.results().unsent, 0U);
}

TEST_F(GeneratorTest, MixesInItsShares) {
  plan_.sse_share = 0.25;
  const Results results = Run("{\"tokens\":2}");
  EXPECT_EQ(results.of(Kind::kJson).of(Fate::kOk), 75U);
  EXPECT_EQ(results.of(Kind::kSse).of(Fate::kOk), 25U);
  // Role, two tokens, end, usage, [DONE].
  EXPECT_EQ(results.of(Kind::kSse).events, 25U * 6);
  EXPECT_EQ(results.of(Kind::kSse).first_event.count(), 25U);
}

TEST_F(GeneratorTest, LeavesItsShareOfTheStreams) {
  UseStreams();
  plan_.leave_share = 0.25;
  const Results results = Run(R"({"tokens":20,"tokens_per_second":1000})");
  EXPECT_EQ(results.of(Kind::kSse).of(Fate::kUnfinished), 25U);
  EXPECT_EQ(results.of(Kind::kSse).of(Fate::kOk), 75U);
  EXPECT_EQ(results.of(Kind::kSse).failed(), 0U);
}

TEST_F(GeneratorTest, WhatIsDueInTheWarmUpIsCountedButNotTimed) {
  plan_.warmup = milliseconds(60);
  const Results results = Run("{}");
  EXPECT_EQ(results.of(Kind::kJson).of(Fate::kOk), 100U);
  EXPECT_EQ(results.of(Kind::kJson).latency.count(), 40U);
}

// Ten streams begin and end long before the warm-up does.
TEST_F(GeneratorTest, EventsOfTheWarmUpAreCountedApart) {
  UseStreams();
  plan_.rate = 50;
  plan_.duration = milliseconds(400);
  plan_.warmup = milliseconds(200);
  const Results results = Run(R"({"tokens":2})");
  EXPECT_EQ(results.of(Kind::kSse).events, 20U * 6);
  EXPECT_GE(results.warmup_events, 9U * 6);
  EXPECT_LT(results.warmup_events, 20U * 6);
}

// One connection and answers of 10 ms: request i is due at i ms and answered
// at 10 * (i + 1) ms at the earliest, so the median of 20 is 10 * 10 + 10 - 9.
// A generator that waited before it counted would say 10 ms.
TEST_F(GeneratorTest, LatencyCountsFromWhenARequestWasDue) {
  plan_.connections = 1;
  plan_.duration = milliseconds(20);
  const Results results = Run(R"({"latency":"10ms"})");
  const Histogram& latency = results.of(Kind::kJson).latency;
  EXPECT_EQ(latency.count(), 20U);
  EXPECT_GE(*latency.Quantile(0.5), milliseconds(91));
  EXPECT_EQ(results.connections_opened, 1U);
}

TEST_F(GeneratorTest, ClosedLoopKeepsItsConnectionsBusy) {
  plan_.rate.reset();
  plan_.connections = 4;
  const Results results = Run("{}");
  // Each more than once.
  EXPECT_GT(results.of(Kind::kJson).of(Fate::kOk), 4U);
  EXPECT_EQ(results.of(Kind::kJson).failed(), 0U);
  EXPECT_EQ(results.connections_opened, 4U);
}

TEST_F(GeneratorTest, StreamsThatStillRunAreCutAtTheEnd) {
  UseStreams();
  plan_.rate.reset();
  plan_.connections = 5;
  plan_.tail = Plan::Tail::kCut;
  const Results results = Run(R"({"tokens":100000,"tokens_per_second":100})");
  EXPECT_EQ(results.of(Kind::kSse).of(Fate::kUnfinished), 5U);
  EXPECT_EQ(results.of(Kind::kSse).failed(), 0U);
  EXPECT_GT(results.of(Kind::kSse).events, 5U);
}

TEST_F(GeneratorTest, AnIdleConnectionThatTheServerClosesIsNoFailure) {
  // Closed at once after an answer, long before the next request is due.
  plan_.rate = 10;
  plan_.duration = milliseconds(300);
  const Results results = Run(R"({"idle_close":"1ns"})");
  EXPECT_EQ(results.of(Kind::kJson).of(Fate::kOk), 3U);
  EXPECT_GE(results.idle_closes, 2U);
  EXPECT_EQ(results.connections_opened, 3U);
}

TEST_F(GeneratorTest, NobodyThereIsAFailureToConnect) {
  const std::uint16_t port = ServerPort("{}");
  server_.reset();
  plan_.rate = 50;
  const Results results = RunAt(port);
  EXPECT_EQ(results.of(Kind::kJson).of(Fate::kConnect), 5U);
  EXPECT_EQ(results.failures.size(), 5U);
}

TEST_F(GeneratorTest, ClosedLoopTriesAgainWhereNobodyIs) {
  const std::uint16_t port = ServerPort("{}");
  server_.reset();
  plan_.rate.reset();
  plan_.connections = 1;
  const Results results = RunAt(port);
  EXPECT_GE(results.of(Kind::kJson).of(Fate::kConnect), 1U);
  // A sweep apart each, not in a busy loop.
  EXPECT_LE(results.of(Kind::kJson).of(Fate::kConnect), 4U);
}

TEST_F(GeneratorTest, ARequestThatFindsNoConnectionIsUnsent) {
  plan_.connections = 1;
  plan_.timeout = milliseconds(100);
  const Results results = Run(R"({"hang":{}})");
  EXPECT_GE(results.of(Kind::kJson).of(Fate::kTimeout), 1U);
  EXPECT_EQ(results.of(Kind::kJson).requests() + results.unsent, 100U);
  EXPECT_GT(results.unsent, 0U);
}

struct FaultCase {
  std::string name;
  Kind kind;
  std::string settings;
  Fate want;
};

class FaultTest : public GeneratorTest,
                  public ::testing::WithParamInterface<FaultCase> {};

TEST_P(FaultTest, EachFaultIsCountedAsWhatItIs) {
  if (GetParam().kind == Kind::kSse) UseStreams();
  // One each, so that none waits for another that hangs.
  plan_.connections = 100;
  plan_.timeout = milliseconds(500);
  const Results results = Run(GetParam().settings);
  EXPECT_EQ(results.of(GetParam().kind).of(GetParam().want), 100U);
}

INSTANTIATE_TEST_SUITE_P(
    Table, FaultTest,
    ::testing::ValuesIn<FaultCase>({
        {"Status", Kind::kJson, R"({"status":{"code":503}})", Fate::kStatus},
        {"StatusOfAStream", Kind::kSse, R"({"status":{"code":429}})",
         Fate::kStatus},
        {"ErrorEvent", Kind::kSse, R"({"stream_error":{"after_events":2}})",
         Fate::kSseError},
        {"StreamWithoutTerminator", Kind::kSse, R"({"truncate":{}})",
         Fate::kTruncated},
        {"StreamClosed", Kind::kSse, R"({"truncate":{"end":"abrupt"}})",
         Fate::kTruncated},
        {"ShortBody", Kind::kJson, R"({"truncate":{"after_bytes":10}})",
         Fate::kTruncated},
        {"ResetBeforeTheAnswer", Kind::kJson, R"({"reset_connection":{}})",
         Fate::kLost},
        {"ResetInTheAnswer", Kind::kJson,
         R"({"reset_connection":{"after_bytes":300}})", Fate::kReset},
        {"Hang", Kind::kJson, R"({"hang":{}})", Fate::kTimeout},
        {"HangInTheStream", Kind::kSse, R"({"hang":{"after_bytes":700}})",
         Fate::kTimeout},
        {"NotHttp", Kind::kJson, R"({"garbage":{"kind":"not_http"}})",
         Fate::kInvalid},
        {"TwoAnswers", Kind::kJson, R"({"garbage":{"kind":"two_answers"}})",
         Fate::kInvalid},
    }),
    [](const auto& tested) { return tested.param.name; });

}  // namespace
}  // namespace weir::bench
