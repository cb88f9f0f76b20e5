// What a worker remembers of the requests that went through it.

#include "dataplane/decision/decision.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/awaitable.hpp>
#include <future>
#include <string>
#include <utility>

#include "dataplane/attempt/attempt_record.h"
#include "dataplane/decision/decision_log.h"
#include "dataplane/decision/packed_decision.h"
#include "dataplane/plan/plan_record.h"
#include "dataplane/relay/usage_scan.h"
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
using ::testing::IsEmpty;
using testing::kDone;
using testing::kLastChunk;
using testing::Says;
using ::testing::SizeIs;
using testing::StreamHead;

constexpr char kUsage[] =
    R"("usage":{"prompt_tokens":1000,"completion_tokens":10,)"
    R"("prompt_tokens_details":{"cached_tokens":800}})";

class WorkerDecisionTest : public testing::WorkerFixture {
 protected:
  // The decision on the request that `reply` answers.
  Decision DecisionOf(const HttpReply& reply) {
    std::promise<DecisionBatch> promise;
    worker_->FindDecisions({std::string(reply.Header("x-request-id")), 1},
                           [&promise](DecisionBatch batch) {
                             promise.set_value(std::move(batch));
                           });
    const DecisionBatch batch = promise.get_future().get();
    Decision decision{};
    EXPECT_THAT(batch.items, SizeIs(1));
    if (!batch.items.empty()) Unpack(batch.items[0].packed, decision);
    return decision;
  }
};

TEST_F(WorkerDecisionTest, AFailoverIsRememberedWithBothAttempts) {
  hand_.AddModel("m", {AddProvider("bad", AnswerEach(HttpAnswer(500, "{}"))),
                       AddProvider("good", AnswerEach(HttpAnswer(200, "{}")))});
  Start();
  const Decision decision = DecisionOf(Ask(ChatRequest("m")));
  EXPECT_EQ(decision.facts.status, 200);
  EXPECT_EQ(decision.facts.model, 0U);
  EXPECT_EQ(decision.facts.error_code.view(), "");
  EXPECT_GE(decision.facts.draw, 0);
  ASSERT_THAT(decision.plan.items(), SizeIs(2));
  EXPECT_EQ(decision.plan.items()[0].share, 1);
  ASSERT_THAT(decision.attempts.items(), SizeIs(2));
  EXPECT_EQ(decision.attempts.items()[0].reason.view(), "HTTP 500");
  EXPECT_EQ(decision.attempts.items()[1].status, 200);
}

TEST_F(WorkerDecisionTest, AFailureIsRememberedWithItsCode) {
  hand_.AddModel("m", {AddProvider("p", AnswerEach(HttpAnswer(200, "{}")))});
  hand_.weights().share[0].forbidden = true;
  Start();
  const Decision decision = DecisionOf(Ask(ChatRequest("m")));
  EXPECT_EQ(decision.facts.status, 503);
  EXPECT_EQ(decision.facts.error_code.view(), "no_healthy_provider");
  EXPECT_THAT(decision.attempts.items(), IsEmpty());
  ASSERT_THAT(decision.plan.items(), SizeIs(1));
  EXPECT_EQ(decision.plan.items()[0].exclusion, Exclusion::kForbidden);
}

TEST_F(WorkerDecisionTest, AStreamThatBreaksIsHeldAgainstItsAttempt) {
  hand_.AddModel("m", {AddProvider("p",
                                   [](testing::ProviderConnection& connection,
                                      int) -> asio::awaitable<void> {
                                     const std::string bytes =
                                         StreamHead() + Chunk(Says("a"));
                                     co_await connection.ReadRequest();
                                     co_await connection.Send(bytes);
                                   })});
  Start();
  const Decision decision = DecisionOf(Ask(ChatStreamRequest("m")));
  EXPECT_EQ(decision.facts.status, 200);
  EXPECT_TRUE(decision.facts.wants_stream);
  EXPECT_EQ(decision.facts.error_code.view(), "stream_interrupted");
  ASSERT_THAT(decision.attempts.items(), SizeIs(1));
  EXPECT_EQ(decision.attempts.items()[0].held_against, HeldAgainst::kEndpoint);
}

TEST_F(WorkerDecisionTest, TokensAreCountedAndPriced) {
  const std::string body = std::string("{\"id\":\"x\",") + kUsage + "}";
  hand_.AddModel("m", {AddProvider("p", AnswerEach(HttpAnswer(200, body)))});
  hand_.config().targets[0].prices =
      config::PriceSchedule(config::Price{2, 0.5, 8});
  Start();
  const Decision decision = DecisionOf(Ask(ChatRequest("m")));
  EXPECT_EQ(decision.facts.usage,
            (Usage{.fresh_input = 200, .cache_read = 800, .output = 10}));
  // (200 * 2 + 800 * 0.5 + 10 * 8) / 1e6, and 800 * 1.5 / 1e6 saved.
  EXPECT_DOUBLE_EQ(decision.facts.cost.value(), 0.00088);
  const UsageCounters usage = Collect().usage.at({"m", "p"});
  EXPECT_EQ(usage.input, 1000U);
  EXPECT_EQ(usage.cached_input, 800U);
  EXPECT_EQ(usage.output, 10U);
  EXPECT_DOUBLE_EQ(usage.cost, 0.00088);
  EXPECT_DOUBLE_EQ(usage.cache_savings, 0.0012);
}

TEST_F(WorkerDecisionTest, TheTokensOfAStreamAreInItsLastChunk) {
  const std::string last =
      std::string("data: {\"choices\":[],") + kUsage + "}\n\n";
  hand_.AddModel(
      "m",
      {AddProvider("p", AnswerEach(StreamHead() + Chunk(Says("a")) +
                                   Chunk(Says("b")) + Chunk(last) +
                                   Chunk(kDone) + std::string(kLastChunk)))});
  Start();
  EXPECT_EQ(DecisionOf(Ask(ChatStreamRequest("m"))).facts.usage,
            (Usage{.fresh_input = 200, .cache_read = 800, .output = 10}));
}

TEST_F(WorkerDecisionTest, WhatCannotBeTrueIsCountedAsThat) {
  const std::string body = R"({"usage":{"prompt_tokens":-5}})";
  hand_.AddModel("m", {AddProvider("p", AnswerEach(HttpAnswer(200, body)))});
  Start();
  const Usage usage = DecisionOf(Ask(ChatRequest("m"))).facts.usage;
  EXPECT_EQ(usage.provenance, dialect::canonical::Provenance::kEstimated);
  EXPECT_GT(usage.fresh_input.value_or(0), 0U);
  EXPECT_EQ(Collect().usage.at({"m", "p"}).unbelievable, 1U);
}

}  // namespace
}  // namespace weir::dataplane
