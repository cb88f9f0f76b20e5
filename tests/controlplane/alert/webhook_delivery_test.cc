#include "controlplane/alert/webhook_delivery.h"

#include <boost/asio/awaitable.hpp>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "common/mutex.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/testing/fake_clock.h"
#include "tests/testing/fake_random.h"

namespace weir::controlplane {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr absl::Duration kLimit = absl::Seconds(20);

// What senders were told to send, and what they are to answer; the test waits
// for it.
class Receivers {
 public:
  // Answers to the next tries at a webhook; then OK for ever.
  void AnswerAt(const std::string& webhook, std::vector<absl::Status> answers) {
    MutexLock lock(&mutex_);
    answers_[webhook] = std::move(answers);
  }

  absl::Status Take(const std::string& webhook, const Alert& alert) {
    MutexLock lock(&mutex_);
    tries_.push_back(webhook + " " + alert.id);
    changed_.SignalAll();
    std::vector<absl::Status>& answers = answers_[webhook];
    if (answers.empty()) return absl::OkStatus();
    const absl::Status answer = answers.front();
    answers.erase(answers.begin());
    return answer;
  }

  // All tries, once there are `count` of them.
  std::vector<std::string> WaitFor(std::size_t count) {
    MutexLock lock(&mutex_);
    while (tries_.size() < count) changed_.WaitFor(&mutex_, kLimit);
    return tries_;
  }

 private:
  Mutex mutex_;
  CondVar changed_;
  std::map<std::string, std::vector<absl::Status>> answers_
      ABSL_GUARDED_BY(mutex_);
  std::vector<std::string> tries_ ABSL_GUARDED_BY(mutex_);
};

class FakeSender final : public WebhookSender {
 public:
  explicit FakeSender(Receivers& receivers) : receivers_(receivers) {}

  boost::asio::awaitable<absl::Status> Send(
      std::shared_ptr<const config::v1::Webhook> webhook,
      Alert alert) override {
    co_return receivers_.Take(webhook->name(), alert);
  }

 private:
  Receivers& receivers_;
};

Alert Named(const std::string& id, const std::string& kind = "panic") {
  return {.id = id, .kind = kind};
}

class WebhookDeliveryTest : public ::testing::Test {
 protected:
  WebhookDeliveryTest() { delivery_.Start(); }

  void Configure(const std::vector<std::string>& names) {
    auto resources = std::make_shared<config::v1::Resources>();
    for (const std::string& name : names) {
      resources->add_webhooks()->set_name(name);
      if (name == "panics")
        resources->mutable_webhooks()->rbegin()->add_alerts("panic");
    }
    delivery_.SetResources(std::move(resources));
  }

  testing::FakeClock clock_;
  // The next try comes at once.
  testing::FakeRandom random_{{0.0}};
  Receivers receivers_;
  WebhookDelivery delivery_{clock_, random_,
                            std::make_unique<FakeSender>(receivers_)};
};

TEST_F(WebhookDeliveryTest, EachWebhookGetsTheKindsThatItWants) {
  Configure({"all", "panics"});
  delivery_.Send(Named("a", "latency"));
  delivery_.Send(Named("b"));
  EXPECT_THAT(receivers_.WaitFor(3),
              ::testing::UnorderedElementsAre("all a", "all b", "panics b"));
}

TEST_F(WebhookDeliveryTest, AReceiverThatIsAwayIsAskedAgainInOrder) {
  receivers_.AnswerAt("ops", {absl::UnavailableError("HTTP 503"),
                              absl::DeadlineExceededError("no answer")});
  Configure({"ops"});
  delivery_.Send(Named("a"));
  delivery_.Send(Named("b"));
  EXPECT_THAT(receivers_.WaitFor(4),
              ElementsAre("ops a", "ops a", "ops a", "ops b"));
  delivery_.Stop();
  const DeliveryCounts counts = delivery_.Counts().at("ops");
  EXPECT_EQ(counts.delivered, 2);
  EXPECT_EQ(counts.retried, 2);
  EXPECT_EQ(delivery_.StatesOf("a").at("ops").delivered_at, clock_.WallNow());
  EXPECT_EQ(delivery_.StatesOf("a").at("ops").last_error, "");
}

TEST_F(WebhookDeliveryTest, WhatIsRefusedForGoodSaysWhy) {
  receivers_.AnswerAt("ops", {absl::InvalidArgumentError("HTTP 400")});
  Configure({"ops"});
  delivery_.Send(Named("a"));
  delivery_.Send(Named("b"));
  EXPECT_THAT(receivers_.WaitFor(2), ElementsAre("ops a", "ops b"));
  delivery_.Stop();
  EXPECT_EQ(delivery_.StatesOf("a").at("ops").last_error, "HTTP 400");
  EXPECT_EQ(delivery_.StatesOf("a").at("ops").delivered_at, std::nullopt);
  EXPECT_EQ(delivery_.Counts().at("ops").refused, 1);
  EXPECT_THAT(delivery_.StatesOf("nobody"), IsEmpty());
}

TEST_F(WebhookDeliveryTest, WhatIsNoLongerConfiguredGetsNothing) {
  Configure({"old"});
  delivery_.Send(Named("a"));
  EXPECT_THAT(receivers_.WaitFor(1), ElementsAre("old a"));
  Configure({"new"});
  delivery_.Send(Named("b"));
  EXPECT_THAT(receivers_.WaitFor(2), ElementsAre("old a", "new b"));
}

TEST_F(WebhookDeliveryTest, StopsWhileSomebodyWaitsForTheNextTry) {
  testing::FakeRandom slow{{0.99}};
  WebhookDelivery delivery(clock_, slow,
                           std::make_unique<FakeSender>(receivers_));
  receivers_.AnswerAt("ops", {absl::UnavailableError("HTTP 503")});
  delivery.Start();
  auto resources = std::make_shared<config::v1::Resources>();
  resources->add_webhooks()->set_name("ops");
  delivery.SetResources(resources);
  delivery.Send(Named("a"));
  receivers_.WaitFor(1);
  delivery.Stop();
  EXPECT_EQ(delivery.Counts().at("ops").delivered, 0);
}

TEST_F(WebhookDeliveryTest, WhatStandsAtAStopIsSentInTheNextLife) {
  Receivers away;
  away.AnswerAt(
      "pager", std::vector<absl::Status>(1000, absl::UnavailableError("away")));
  testing::FakeRandom late({0.5});
  WebhookDelivery first(clock_, late, std::make_unique<FakeSender>(away));
  first.Start();
  auto resources = std::make_shared<config::v1::Resources>();
  resources->add_webhooks()->set_name("pager");
  first.SetResources(resources);
  first.Send(Named("a"));
  first.Send(Named("b"));
  away.WaitFor(1);
  while (first.Waiting().size() < 2) std::this_thread::yield();
  first.Stop();
  const std::vector<WaitingMessage> left = first.Waiting();
  EXPECT_EQ(left, (std::vector<WaitingMessage>{{"pager", Named("a")},
                                               {"pager", Named("b")}}));

  WebhookDelivery next(clock_, random_,
                       std::make_unique<FakeSender>(receivers_));
  next.Restore(left);
  EXPECT_EQ(next.Waiting(), left);
  next.SetResources(resources);
  next.Start();
  EXPECT_THAT(receivers_.WaitFor(2),
              ::testing::ElementsAre("pager a", "pager b"));
  while (!next.Waiting().empty()) std::this_thread::yield();
}

}  // namespace
}  // namespace weir::controlplane
