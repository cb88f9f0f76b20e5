// What the accounts have of requests that went through a worker.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "common/config/price.h"
#include "dataplane/usage/mapping.h"
#include "dataplane/usage/slot_table.h"
#include "dataplane/usage/usage_slot.h"
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
using testing::HttpClient;
using testing::HttpReply;
using testing::kDone;
using testing::kLastChunk;
using testing::Says;
using testing::StreamHead;

constexpr char kUsage[] =
    R"("usage":{"prompt_tokens":1000,"completion_tokens":10,)"
    R"("prompt_tokens_details":{"cached_tokens":800}})";

class WorkerUsageTest : public testing::WorkerFixture {
 protected:
  WorkerUsageTest() {
    auto mapping = Mapping::Anonymous(SlotTable::BytesFor(8));
    table_ = SlotTable::Format(*std::move(mapping), 1, 8);
    options_.usage_slots = table_.get();
  }
  ~WorkerUsageTest() override { worker_.reset(); }

  // The attempt's end, once the worker has come to it.
  SlotEnd EndOf(std::size_t index) {
    CollectUntil([&](const WorkerReport&) {
      return StateOf(LoadState(table_->all()[index])) == SlotState::kEnded;
    });
    return table_->all()[index].end;
  }

  std::unique_ptr<SlotTable> table_;
};

TEST_F(WorkerUsageTest, AnAnswerSaysWhatItCost) {
  const std::string body = std::string("{\"id\":\"x\",") + kUsage + "}";
  hand_.AddModel("m", {AddProvider("p", AnswerEach(HttpAnswer(200, body)))});
  hand_.config().targets[0].prices =
      config::PriceSchedule(config::Price{2, 0.5, 8, 2, 2});
  Start();
  // (200 * 2 + 800 * 0.5 + 10 * 8) / 1e6.
  EXPECT_EQ(Ask(ChatRequest("m")).Header("x-weir-cost-usd"), "0.000880000");
  const SlotEnd end = EndOf(0);
  EXPECT_EQ(end.source, UsageSource::kReported);
  EXPECT_EQ(end.tokens[kFreshInput], 200U);
  EXPECT_EQ(end.tokens[kCacheRead], 800U);
  EXPECT_EQ(end.tokens[kOutput], 10U);
  EXPECT_EQ(end.answered, 1);
  EXPECT_EQ(end.failed, 0);
  EXPECT_GT(end.latency_us, 0U);
}

TEST_F(WorkerUsageTest, WithoutAPriceNobodySaysZero) {
  const std::string body = std::string("{\"id\":\"x\",") + kUsage + "}";
  hand_.AddModel("m", {AddProvider("p", AnswerEach(HttpAnswer(200, body)))});
  Start();
  EXPECT_EQ(Ask(ChatRequest("m")).Header("x-weir-cost-usd"), "");
}

TEST_F(WorkerUsageTest, AStreamsCostIsNotKnownInItsHead) {
  const std::string last =
      std::string("data: {\"choices\":[],") + kUsage + "}\n\n";
  hand_.AddModel(
      "m", {AddProvider(
               "p", AnswerEach(StreamHead() + Chunk(Says("a")) + Chunk(last) +
                               Chunk(kDone) + std::string(kLastChunk)))});
  hand_.config().targets[0].prices =
      config::PriceSchedule(config::Price{2, 0.5, 8, 2, 2});
  Start();
  EXPECT_EQ(Ask(ChatStreamRequest("m")).Header("x-weir-cost-usd"), "");
  EXPECT_EQ(EndOf(0).tokens[kOutput], 10U);
  EXPECT_EQ(EndOf(0).source, UsageSource::kReported);
}

TEST_F(WorkerUsageTest, AnAnswerWithoutUsageIsEstimated) {
  // 41 bytes are eleven tokens.
  const std::string body = R"({"choices":[{"text":"0123456789012345"}]})";
  ASSERT_EQ(body.size(), 41U);
  hand_.AddModel("m", {AddProvider("p", AnswerEach(HttpAnswer(200, body)))});
  Start();
  Ask(ChatRequest("m"));
  const SlotEnd end = EndOf(0);
  EXPECT_EQ(end.source, UsageSource::kEstimated);
  EXPECT_GT(end.tokens[kFreshInput], 0U);
  EXPECT_EQ(end.tokens[kOutput], 11U);
}

TEST_F(WorkerUsageTest, AStreamThatBreaksOffIsPartial) {
  hand_.AddModel("m",
                 {AddProvider("p",
                              [](testing::ProviderConnection& connection,
                                 int) -> asio::awaitable<void> {
                                const std::string bytes =
                                    StreamHead() +
                                    Chunk(Says("a") + Says("b") + Says("c"));
                                co_await connection.ReadRequest();
                                co_await connection.Send(bytes);
                              })});
  Start();
  EXPECT_FALSE(Ask(ChatStreamRequest("m")).whole);
  const SlotEnd end = EndOf(0);
  EXPECT_EQ(end.source, UsageSource::kPartial);
  EXPECT_EQ(end.tokens[kOutput], 3U);
  EXPECT_EQ(end.answered, 1);
  EXPECT_EQ(end.failed, 1);
}

TEST_F(WorkerUsageTest, AStreamWhoseClientLeavesIsCancelled) {
  hand_.AddModel("m", {AddProvider("p",
                                   [](testing::ProviderConnection& connection,
                                      int) -> asio::awaitable<void> {
                                     const std::string bytes =
                                         StreamHead() +
                                         Chunk(Says("a") + Says("b"));
                                     co_await connection.ReadRequest();
                                     co_await connection.Send(bytes);
                                     // Until the node hangs up.
                                     co_await connection.ReadRequest();
                                   })});
  Start();
  {
    HttpClient client = Connect();
    client.Send(ChatStreamRequest("m"));
    // The slot says how far it is, should this process be killed now.
    // Nobody else may look into it before it is open.
    UsageSlot& slot = table_->all()[0];
    CollectUntil([&](const WorkerReport&) {
      return StateOf(LoadState(slot)) == SlotState::kOpen &&
             std::atomic_ref(slot.output_so_far).load() == 2;
    });
  }
  const SlotEnd end = EndOf(0);
  EXPECT_EQ(end.source, UsageSource::kCancelled);
  EXPECT_EQ(end.tokens[kOutput], 2U);
  EXPECT_EQ(end.answered, 1);
  EXPECT_EQ(end.failed, 0);
}

TEST_F(WorkerUsageTest, AProvidersWordOnTheRequestIsAFailureAndFree) {
  hand_.AddModel(
      "m", {AddProvider("p", AnswerEach(HttpAnswer(400, R"({"error":{}})")))});
  Start();
  EXPECT_EQ(Ask(ChatRequest("m")).status, 400);
  const SlotEnd end = EndOf(0);
  EXPECT_EQ(end.source, UsageSource::kReported);
  EXPECT_EQ(end.tokens[kFreshInput], 0U);
  EXPECT_EQ(end.answered, 0);
  EXPECT_EQ(end.failed, 1);
}

TEST_F(WorkerUsageTest, AFailoverIsTwoAttemptsAndOneRequest) {
  const std::string body = std::string("{\"id\":\"x\",") + kUsage + "}";
  hand_.AddModel("m", {AddProvider("bad", AnswerEach(HttpAnswer(500, "{}"))),
                       AddProvider("good", AnswerEach(HttpAnswer(200, body)))});
  Start();
  Ask(ChatRequest("m"));
  EXPECT_EQ(EndOf(0).failed, 1);
  EXPECT_EQ(EndOf(0).answered, 0);
  EXPECT_EQ(EndOf(1).failed, 0);
  EXPECT_EQ(EndOf(1).answered, 1);
}

}  // namespace
}  // namespace weir::dataplane
