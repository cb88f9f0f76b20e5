// What a worker does with a limit so small that each request is asked for.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "dataplane/quota/limit.h"
#include "dataplane/quota/quota_book.h"
#include "dataplane/quota_wait.h"
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
using testing::HttpClient;
using testing::HttpReply;

// One of sixteen nodes, and a key with ten requests a minute or three at once.
class AskedLimitWorkerTest : public testing::WorkerFixture {
 protected:
  AskedLimitWorkerTest() {
    hand_.AddModel("m", {AddProvider("p", AnswerEach(HttpAnswer(200, "{}")))});
    options_.on_health_news = [this] { ++news_; };
  }
  ~AskedLimitWorkerTest() override { worker_.reset(); }

  void StartWith(std::uint64_t max_rpm, std::uint64_t max_concurrent) {
    Start();
    Say({});
    Snapshot snapshot = hand_.Build();
    auto config = std::make_shared<RoutingConfig>(*snapshot.config);
    config->clients[0].max_rpm = max_rpm;
    config->clients[0].max_concurrent = max_concurrent;
    snapshot.config = std::move(config);
    snapshot.quotas = book_.Align(snapshot.config);
    worker_->Replace(std::move(snapshot));
  }
  // The control plane's word.
  void Say(const std::map<std::string, AdmissionWord>& admissions) {
    QuotaWord word{absl::Seconds(10), 16, {}, {}};
    for (const auto& [limit, admission] : admissions) {
      word.leases[limit] = 1;
      word.admissions[limit] = admission;
    }
    book_.OnWord(std::move(word));
    worker_->OnQuotaWord();
  }
  QuotaDemand Demand(const std::string& limit) {
    std::vector<QuotaDemand> demands = book_.Demands();
    for (QuotaDemand& demand : demands) {
      if (demand.limit == limit) return std::move(demand);
    }
    return {};
  }
  // Until a request waits.
  void AwaitAsked() {
    CollectUntil([this](const WorkerReport&) {
      return Demand("key/test/rpm").waiting +
                 Demand("key/test/concurrent").waiting >
             0;
    });
  }

  std::atomic<int> news_ = 0;
  QuotaBook book_{clock_};
};

TEST_F(AskedLimitWorkerTest, ARequestWaitsForItsGrant) {
  StartWith(10, 0);
  HttpClient client = Connect();
  client.Send(ChatRequest("m"));
  AwaitAsked();
  EXPECT_GE(news_, 1) << "the node reports at once";
  Say({{"key/test/rpm", {.answered = 1, .granted = 1}}});
  EXPECT_EQ(client.Read().status, 200);
}

TEST_F(AskedLimitWorkerTest, WhatIsNotGrantedIsRefusedUntilThereIsMore) {
  StartWith(10, 0);
  HttpClient client = Connect();
  client.Send(ChatRequest("m"));
  AwaitAsked();
  Say({{"key/test/rpm", {.answered = 1, .closed_for = absl::Seconds(6)}}});
  const HttpReply refused = client.Read();
  EXPECT_EQ(refused.status, 429);
  EXPECT_THAT(refused.body, HasSubstr("rate_limit_exceeded"));
  EXPECT_EQ(refused.Header("retry-after"), "6");
  EXPECT_EQ(refused.Header("x-ratelimit-limit-requests"), "10");
  EXPECT_EQ(refused.Header("x-ratelimit-remaining-requests"), "0");
  EXPECT_EQ(refused.Header("x-ratelimit-reset-requests"), "6s");
  EXPECT_EQ(Ask(ChatRequest("m")).status, 429) << "without asking";
}

TEST_F(AskedLimitWorkerTest, WithoutAnAnswerTheShareDecides) {
  StartWith(10, 0);
  HttpClient client = Connect();
  client.Send(ChatRequest("m"));
  AwaitAsked();
  // A deadline is noticed a tick late.
  clock_.Advance(QuotaWait::kLongest + absl::Milliseconds(25));
  EXPECT_EQ(client.Read().status, 200);
  EXPECT_EQ(Ask(ChatRequest("m")).status, 429) << "at once";
}

TEST_F(AskedLimitWorkerTest, AClientThatLeavesWaitsNoMore) {
  StartWith(10, 0);
  HttpClient client = Connect();
  client.Send(ChatRequest("m"));
  AwaitAsked();
  client.Close();
  CollectUntil([](const WorkerReport& report) {
    return report.requests_in_flight == 0;
  });
  EXPECT_EQ(Demand("key/test/rpm").waiting, 0);
  EXPECT_EQ(Collect().client_disconnects, 1U);
}

TEST_F(AskedLimitWorkerTest, APlaceAndARequestAreAskedForOneAfterTheOther) {
  StartWith(10, 3);
  HttpClient client = Connect();
  client.Send(ChatRequest("m"));
  AwaitAsked();
  Say({{"key/test/concurrent", {.answered = 1, .granted = 1}}});
  // It keeps its place while it waits for the other.
  CollectUntil([this](const WorkerReport&) {
    return Demand("key/test/rpm").waiting == 1;
  });
  EXPECT_EQ(Demand("key/test/concurrent").held, 1);
  Say({{"key/test/concurrent", {.answered = 1, .granted = 1}},
       {"key/test/rpm", {.answered = 1, .granted = 1}}});
  EXPECT_EQ(client.Read().status, 200);
  EXPECT_EQ(Demand("key/test/concurrent").asked, 1);
}

}  // namespace
}  // namespace weir::dataplane
