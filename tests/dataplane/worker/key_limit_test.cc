// What a worker does when a key, a target or a budget has no more to give.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <memory>
#include <utility>

#include "absl/time/time.h"
#include "dataplane/quota/quota_book.h"
#include "dataplane/snapshot.h"
#include "tests/dataplane/peers/fake_provider.h"
#include "tests/dataplane/peers/http_client.h"
#include "tests/dataplane/peers/worker_fixture.h"

namespace weir::dataplane {
namespace {

using testing::AnswerEach;
using testing::ChatRequest;
using ::testing::HasSubstr;
using testing::HttpAnswer;
using testing::HttpReply;

// 1010 tokens each.
constexpr char kAnswer[] =
    R"({"id":"x","usage":{"prompt_tokens":1000,"completion_tokens":10}})";

class KeyLimitTest : public testing::WorkerFixture {
 protected:
  KeyLimitTest() {
    hand_.AddModel("m",
                   {AddProvider("p", AnswerEach(HttpAnswer(200, kAnswer))),
                    AddProvider("q", AnswerEach(HttpAnswer(200, kAnswer)))});
    hand_.AddModel("small", {0});
  }
  // They outlive the worker's last request.
  ~KeyLimitTest() override { worker_.reset(); }

  void StartWithLimits(QuotaWord word = {absl::Seconds(10), 1, {}, {}}) {
    Start();
    book_.OnWord(std::move(word));
    Snapshot snapshot = hand_.Build();
    auto config = std::make_shared<RoutingConfig>(*snapshot.config);
    config->clients[0].max_rpm = max_rpm_;
    config->clients[0].max_tpm = max_tpm_;
    snapshot.config = std::move(config);
    snapshot.quotas = book_.Align(snapshot.config);
    worker_->Replace(std::move(snapshot));
  }

  // Of the key.
  std::uint64_t max_rpm_ = 0;
  std::uint64_t max_tpm_ = 0;
  QuotaBook book_{clock_};
};

TEST_F(KeyLimitTest, OverItsLimitAKeyIsTold) {
  max_rpm_ = 60;
  StartWithLimits();
  const HttpReply first = Ask(ChatRequest("m"));
  EXPECT_EQ(first.status, 200);
  EXPECT_EQ(first.Header("x-ratelimit-limit-requests"), "60");
  EXPECT_EQ(first.Header("x-ratelimit-remaining-requests"), "0");
  EXPECT_EQ(first.Header("x-ratelimit-reset-requests"), "10s");
  EXPECT_EQ(first.Header("x-ratelimit-limit-tokens"), "");
  const HttpReply second = Ask(ChatRequest("m"));
  EXPECT_EQ(second.status, 429);
  EXPECT_THAT(second.body, HasSubstr("rate_limit_exceeded"));
  EXPECT_EQ(second.Header("retry-after"), "1");
  EXPECT_EQ(second.Header("x-should-retry"), "true");
  EXPECT_EQ(second.Header("x-weir-error-source"), "gateway");
  EXPECT_EQ(second.Header("x-ratelimit-remaining-requests"), "0");
  clock_.Advance(absl::Seconds(1));
  EXPECT_EQ(Ask(ChatRequest("m")).status, 200);
}

TEST_F(KeyLimitTest, TokensAreThoseThatTheProviderCounted) {
  max_tpm_ = 60'000;
  StartWithLimits();
  EXPECT_EQ(Ask(ChatRequest("m")).status, 200);
  // 1000 were there and 1010 used; 1000 come in a second.
  const HttpReply second = Ask(ChatRequest("m"));
  EXPECT_EQ(second.status, 429);
  EXPECT_EQ(second.Header("x-ratelimit-remaining-tokens"), "0");
  clock_.Advance(absl::Seconds(3));
  EXPECT_EQ(Ask(ChatRequest("m")).status, 200);
}

TEST_F(KeyLimitTest, ATargetAtItsLimitIsRoutedAround) {
  hand_.config().targets[0].max_rpm = 60;
  StartWithLimits();
  EXPECT_EQ(Ask(ChatRequest("m")).Header("x-weir-provider"), "p");
  EXPECT_EQ(Ask(ChatRequest("m")).Header("x-weir-provider"), "q");
  clock_.Advance(absl::Seconds(1));
  EXPECT_EQ(Ask(ChatRequest("m")).Header("x-weir-provider"), "p");
}

TEST_F(KeyLimitTest, AProviderInDebtOfTokensIsRoutedAround) {
  hand_.config().providers[0].max_tpm = 60'000;
  StartWithLimits();
  EXPECT_EQ(Ask(ChatRequest("m")).Header("x-weir-provider"), "p");
  EXPECT_EQ(Ask(ChatRequest("m")).Header("x-weir-provider"), "q");
}

TEST_F(KeyLimitTest, WithoutAnybodyLeftItIsSaid) {
  hand_.config().providers[0].max_rpm = 60;
  StartWithLimits();
  EXPECT_EQ(Ask(ChatRequest("small")).status, 200);
  const HttpReply second = Ask(ChatRequest("small"));
  EXPECT_EQ(second.status, 503);
  EXPECT_THAT(second.body, HasSubstr("provider_at_capacity"));
}

TEST_F(KeyLimitTest, ASpentBudgetEndsWithItsPeriod) {
  StartWithLimits({absl::Seconds(10),
                   1,
                   {},
                   {{"test", clock_.WallNow() + absl::Hours(1), ""}}});
  const HttpReply refused = Ask(ChatRequest("m"));
  EXPECT_EQ(refused.status, 429);
  EXPECT_THAT(refused.body, HasSubstr("budget_exceeded"));
  EXPECT_EQ(refused.Header("x-should-retry"), "false");
  EXPECT_EQ(refused.Header("retry-after"), "");
  clock_.Advance(absl::Hours(1));
  EXPECT_EQ(Ask(ChatRequest("m")).status, 200);
}

TEST_F(KeyLimitTest, ASpentBudgetMayHaveAFallback) {
  StartWithLimits(
      {absl::Seconds(10), 1, {}, {{"test", absl::InfiniteFuture(), "small"}}});
  const HttpReply reply = Ask(ChatRequest("m"));
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.Header("x-weir-model"), "small");
}

TEST_F(KeyLimitTest, ASpentBudgetMayHaveAFallbackForOneModel) {
  StartWithLimits({absl::Seconds(10),
                   1,
                   {},
                   {{"test", absl::InfiniteFuture(), "", {{"m", "small"}}}}});
  EXPECT_EQ(Ask(ChatRequest("m")).Header("x-weir-model"), "small");
  // Only who asks for `m` is served by it.
  const HttpReply refused = Ask(ChatRequest("small"));
  EXPECT_EQ(refused.status, 429);
  EXPECT_THAT(refused.body, HasSubstr("budget_exceeded"));
}

TEST_F(KeyLimitTest, EachSpentBudgetHasItsSay) {
  const absl::Time midnight = clock_.WallNow() + absl::Hours(1);
  StartWithLimits({absl::Seconds(10),
                   1,
                   {},
                   {{"test", absl::InfiniteFuture(), "m"},
                    {"test", midnight, "", {{"m", "small"}}}}});
  // The one that holds longer says where, and each may refuse.
  EXPECT_EQ(Ask(ChatRequest("m")).Header("x-weir-model"), "m");
  EXPECT_EQ(Ask(ChatRequest("small")).status, 429);
  clock_.Advance(absl::Hours(1));
  EXPECT_EQ(Ask(ChatRequest("small")).Header("x-weir-model"), "m");
}

}  // namespace
}  // namespace weir::dataplane
