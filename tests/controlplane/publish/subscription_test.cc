#include "controlplane/publish/subscription.h"

#include <memory>
#include <optional>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace weir::controlplane {
namespace {

using ::testing::IsNull;

constexpr absl::Time kSubscriptionStart = absl::UnixEpoch();

Version SubscribedAt(std::uint64_t sequence) { return {1, sequence, "hash"}; }

PublicationPtr Publish(std::uint64_t sequence) {
  return std::make_shared<const Publication>(
      Publication{SubscribedAt(sequence), "message"});
}

class SubscriptionTest : public ::testing::Test {
 protected:
  // A node that says it runs these.
  void Hello(std::optional<Version> config, std::optional<Version> weights) {
    subscription_.emplace(std::move(config), std::move(weights));
  }
  void Offer(Lane lane, PublicationPtr latest) {
    subscription_->Offer(lane, std::move(latest));
  }
  PublicationPtr Take() { return subscription_->TakeNext(now_); }
  void Sent() { subscription_->OnSent(); }

  absl::Time now_ = kSubscriptionStart;
  std::optional<Subscription> subscription_;
  const PublicationPtr config_ = Publish(10);
  const PublicationPtr weights_ = Publish(20);
};

TEST_F(SubscriptionTest, ANewNodeGetsItsConfigFirst) {
  Hello(std::nullopt, std::nullopt);
  Offer(Lane::kWeights, weights_);
  // Weights mean nothing without a config.
  EXPECT_THAT(Take(), IsNull());
  Offer(Lane::kConfig, config_);
  EXPECT_EQ(Take(), config_);
  Sent();
  EXPECT_EQ(Take(), weights_);
  Sent();
  EXPECT_THAT(Take(), IsNull());
}

TEST_F(SubscriptionTest, ANodeWithAConfigGetsWeightsFirst) {
  Hello(SubscribedAt(1), SubscribedAt(1));
  Offer(Lane::kConfig, config_);
  Offer(Lane::kWeights, weights_);
  EXPECT_EQ(Take(), weights_);
  Sent();
  EXPECT_EQ(Take(), config_);
}

TEST_F(SubscriptionTest, WhatTheNodeRunsIsNotSent) {
  Hello(SubscribedAt(10), SubscribedAt(20));
  Offer(Lane::kConfig, config_);
  Offer(Lane::kWeights, weights_);
  EXPECT_THAT(Take(), IsNull());
}

TEST_F(SubscriptionTest, AnotherEpochOfTheSameContentIsSent) {
  Hello(Version{9, 10, "hash"}, SubscribedAt(20));
  Offer(Lane::kConfig, config_);
  EXPECT_EQ(Take(), config_);
}

TEST_F(SubscriptionTest, OneMessageIsOnItsWayAtATime) {
  Hello(SubscribedAt(1), SubscribedAt(1));
  Offer(Lane::kConfig, config_);
  Offer(Lane::kWeights, weights_);
  EXPECT_EQ(Take(), weights_);
  EXPECT_THAT(Take(), IsNull());
  EXPECT_FALSE(subscription_->IsIdle());
  Sent();
  EXPECT_TRUE(subscription_->IsIdle());
  EXPECT_EQ(Take(), config_);
}

TEST_F(SubscriptionTest, ASlowNodeGetsTheLatestAndNothingInBetween) {
  Hello(SubscribedAt(1), SubscribedAt(1));
  Offer(Lane::kWeights, Publish(20));
  Take();
  for (std::uint64_t i = 21; i <= 100; ++i) Offer(Lane::kWeights, Publish(i));
  Sent();
  EXPECT_EQ(Take()->version, SubscribedAt(100));
  Sent();
  EXPECT_THAT(Take(), IsNull());
}

TEST_F(SubscriptionTest, TheNextConfigWaitsForTheAnswerToTheLast) {
  Hello(SubscribedAt(1), SubscribedAt(20));
  Offer(Lane::kConfig, config_);
  EXPECT_EQ(Take(), config_);
  Sent();
  Offer(Lane::kConfig, Publish(11));
  EXPECT_THAT(Take(), IsNull());
  // Weights don't wait.
  Offer(Lane::kWeights, Publish(21));
  EXPECT_EQ(Take()->version, SubscribedAt(21));
  Sent();
  subscription_->OnAnswer(Lane::kWeights, SubscribedAt(21));
  EXPECT_THAT(Take(), IsNull());
  subscription_->OnAnswer(Lane::kConfig, SubscribedAt(10));
  EXPECT_EQ(Take()->version, SubscribedAt(11));
}

TEST_F(SubscriptionTest, TheAnswerMayOvertakeTheWrite) {
  Hello(SubscribedAt(1), SubscribedAt(20));
  Offer(Lane::kConfig, config_);
  Take();
  subscription_->OnAnswer(Lane::kConfig, SubscribedAt(10));
  Sent();
  now_ += absl::Hours(1);
  EXPECT_FALSE(subscription_->IsStuck(now_));
  Offer(Lane::kConfig, Publish(11));
  EXPECT_EQ(Take()->version, SubscribedAt(11));
}

TEST_F(SubscriptionTest, WhatWasRefusedIsNotSentAgain) {
  Hello(SubscribedAt(1), SubscribedAt(20));
  Offer(Lane::kConfig, config_);
  Take();
  Sent();
  subscription_->OnAnswer(Lane::kConfig, SubscribedAt(1));
  Offer(Lane::kConfig, config_);
  EXPECT_THAT(Take(), IsNull());
}

TEST_F(SubscriptionTest, WhoRefusedRunsWhatItRanBefore) {
  Hello(SubscribedAt(9), SubscribedAt(20));
  Offer(Lane::kConfig, config_);
  Take();
  Sent();
  subscription_->OnAnswer(Lane::kConfig, SubscribedAt(9));
  Offer(Lane::kConfig, Publish(9));
  EXPECT_THAT(Take(), IsNull());
  Offer(Lane::kConfig, Publish(11));
  EXPECT_EQ(Take()->version, SubscribedAt(11));
}

TEST_F(SubscriptionTest, AVersionThatWasTakenBackInTimeIsNotSent) {
  Hello(SubscribedAt(1), SubscribedAt(20));
  Offer(Lane::kWeights, Publish(21));
  Offer(Lane::kWeights, Publish(20));
  EXPECT_THAT(Take(), IsNull());
}

TEST_F(SubscriptionTest, ANodeThatTakesNothingIsStuckAfterThirtySeconds) {
  Hello(SubscribedAt(1), SubscribedAt(1));
  Offer(Lane::kWeights, weights_);
  Take();
  EXPECT_FALSE(subscription_->IsStuck(now_ + absl::Seconds(29)));
  EXPECT_TRUE(subscription_->IsStuck(now_ + absl::Seconds(30)));
  Sent();
  EXPECT_FALSE(subscription_->IsStuck(now_ + absl::Hours(1)));
}

TEST_F(SubscriptionTest, ANodeThatDoesNotAnswerAConfigIsStuck) {
  Hello(SubscribedAt(1), SubscribedAt(1));
  Offer(Lane::kConfig, config_);
  Take();
  Sent();
  EXPECT_TRUE(subscription_->IsStuck(now_ + absl::Seconds(30)));
}

TEST_F(SubscriptionTest, OtherMessagesTakeTheirTurn) {
  Hello(SubscribedAt(1), SubscribedAt(1));
  Offer(Lane::kWeights, weights_);
  subscription_->OnOther(now_);
  EXPECT_THAT(Take(), IsNull());
  Sent();
  EXPECT_EQ(Take(), weights_);
}

}  // namespace
}  // namespace weir::controlplane
