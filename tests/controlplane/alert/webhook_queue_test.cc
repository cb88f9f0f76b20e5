#include "controlplane/alert/webhook_queue.h"

#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "tests/testing/fake_random.h"

namespace weir::controlplane {
namespace {

using Outcome = WebhookQueue::Outcome;

Alert AlertNamed(const std::string& id) { return {.id = id}; }

class WebhookQueueTest : public ::testing::Test {
 protected:
  Outcome Try(const absl::Status& status) {
    const WebhookQueue::Verdict verdict = queue_.OnTried(status, now_);
    now_ += verdict.delay;
    delay_ = verdict.delay;
    return verdict.outcome;
  }

  // Half of the longest delay each time.
  testing::FakeRandom random_{{0.5}};
  WebhookQueue queue_{random_};
  absl::Time now_ = absl::FromUnixSeconds(1000);
  absl::Duration delay_;
};

TEST_F(WebhookQueueTest, WhatIsDeliveredIsDoneWith) {
  queue_.Push(AlertNamed("a"));
  queue_.Push(AlertNamed("b"));
  EXPECT_EQ(Try(absl::OkStatus()), Outcome::kDelivered);
  EXPECT_EQ(queue_.front().id, "b");
  EXPECT_EQ(Try(absl::OkStatus()), Outcome::kDelivered);
  EXPECT_TRUE(queue_.empty());
}

TEST_F(WebhookQueueTest, WhatIsRefusedForGoodDoesNotHoldUpTheRest) {
  queue_.Push(AlertNamed("a"));
  queue_.Push(AlertNamed("b"));
  EXPECT_EQ(Try(absl::InvalidArgumentError("HTTP 400")), Outcome::kRefused);
  EXPECT_EQ(Try(absl::PermissionDeniedError("link-local")), Outcome::kRefused);
  EXPECT_TRUE(queue_.empty());
}

TEST_F(WebhookQueueTest, ATryThatFailsComesAgainLaterAndLater) {
  queue_.Push(AlertNamed("a"));
  for (const double seconds : {0.5, 1.0, 2.0, 4.0, 8.0}) {
    EXPECT_EQ(Try(absl::UnavailableError("HTTP 503")),
              Outcome::kToBeTriedAgain);
    EXPECT_EQ(delay_, absl::Seconds(seconds));
  }
  EXPECT_EQ(queue_.front().id, "a") << "in its order";
  EXPECT_EQ(Try(absl::OkStatus()), Outcome::kDelivered);
  queue_.Push(AlertNamed("b"));
  Try(absl::UnavailableError("HTTP 503"));
  EXPECT_EQ(delay_, absl::Seconds(0.5)) << "it begins anew";
}

TEST_F(WebhookQueueTest, AfterAnHourItIsGivenUp) {
  queue_.Push(AlertNamed("a"));
  const absl::Time begin = now_;
  int tries = 1;
  while (Try(absl::DeadlineExceededError("no answer")) ==
         Outcome::kToBeTriedAgain) {
    ++tries;
    EXPECT_LE(delay_, absl::Minutes(5));
  }
  EXPECT_GE(now_ - begin, absl::Hours(1));
  // 0.5 + 1 + 2 ... + 128 s are 255.5 s; then 150 s each: 23 of them pass 3600.
  EXPECT_EQ(tries, 1 + 9 + 23);
  EXPECT_TRUE(queue_.empty());
}

TEST_F(WebhookQueueTest, TheNextMessageHasAnHourOfItsOwn) {
  queue_.Push(AlertNamed("a"));
  queue_.Push(AlertNamed("b"));
  while (Try(absl::UnavailableError("")) == Outcome::kToBeTriedAgain) continue;
  EXPECT_EQ(Try(absl::UnavailableError("")), Outcome::kToBeTriedAgain);
}

TEST_F(WebhookQueueTest, WithNoRoomTheOldestThatIsNotUnderWayGoes) {
  for (std::size_t i = 0; i < WebhookQueue::kMaxWaiting; ++i) {
    EXPECT_FALSE(queue_.Push(AlertNamed(std::to_string(i))));
  }
  EXPECT_TRUE(queue_.Push(AlertNamed("last")));
  EXPECT_EQ(queue_.front().id, "0");
  Try(absl::OkStatus());
  EXPECT_EQ(queue_.front().id, "2");
}

}  // namespace
}  // namespace weir::controlplane
