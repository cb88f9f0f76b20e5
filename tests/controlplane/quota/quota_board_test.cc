#include "controlplane/quota/quota_board.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/testing/fake_clock.h"

namespace weir::controlplane {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

constexpr char kRpm[] = "key/demo/rpm";
constexpr std::uint64_t kBoot = 1;

// Two nodes and a key that may send 600 requests a minute.
class QuotaBoardTest : public ::testing::Test {
 protected:
  QuotaBoardTest() {
    config::v1::Resources resources;
    config::v1::ClientKey& key = *resources.add_client_keys();
    key.set_name("demo");
    key.mutable_limits()->set_rpm(600);
    board_.SetResources(resources);
    board_.SetNodes(2);
    clock_.Advance(QuotaBoard::kTimeToLive);
  }

  // `node` wanted so many since it started.
  void Report(const NodeId& node, std::uint64_t wanted) {
    board_.OnReport(node, kBoot, {{kRpm, {.wanted = wanted}}});
  }

  testing::FakeClock clock_;
  QuotaBoard board_{clock_};
  const NodeId a_{"a"};
  const NodeId b_{"b"};
};

TEST_F(QuotaBoardTest, ANodeThatWantsNothingIsToldAmongHowManyItShares) {
  EXPECT_FALSE(board_.TakeGrant(a_).has_value());
  board_.OnReport(a_, kBoot, {});
  const std::optional<QuotaGrant> grant = board_.TakeGrant(a_);
  ASSERT_TRUE(grant.has_value());
  EXPECT_EQ(grant->nodes, 2);
  EXPECT_THAT(grant->leases, IsEmpty());
  EXPECT_EQ(grant->time_to_live, QuotaBoard::kTimeToLive);
}

TEST_F(QuotaBoardTest, WithoutLimitsNobodyIsToldAnything) {
  board_.SetResources({});
  board_.OnReport(a_, kBoot, {});
  EXPECT_FALSE(board_.TakeGrant(a_).has_value());
}

TEST_F(QuotaBoardTest, TheOnlyOneThatWantsItHasAll) {
  Report(a_, 5);
  EXPECT_THAT(board_.TakeGrant(a_)->leases, ElementsAre(Pair(kRpm, 600)));
}

TEST_F(QuotaBoardTest, WhatNobodyWantsIsALimitAllTheSame) {
  const auto limits = board_.Limits();
  ASSERT_EQ(limits.size(), 1);
  EXPECT_EQ(limits[0].limit, kRpm);
  EXPECT_EQ(limits[0].capacity, 600);
  EXPECT_EQ(limits[0].holders, 0);
  EXPECT_THAT(board_.Uses(), IsEmpty());
}

// In a second 20 and 5 were wanted, 1200 and 300 a minute: of 600 each node has
// 300, which is all of them.
TEST_F(QuotaBoardTest, UseIsWhatSharesLetThrough) {
  Report(a_, 0);
  Report(b_, 0);
  clock_.Advance(absl::Seconds(1));
  Report(a_, 20);
  Report(b_, 5);
  board_.TakeGrant(a_);
  board_.TakeGrant(b_);
  auto uses = board_.Uses();
  ASSERT_EQ(uses.size(), 1);
  EXPECT_NEAR(uses[0].wanted, 1500, 1);
  EXPECT_NEAR(uses[0].used, 600, 1);
  EXPECT_NEAR(uses[0].leased, 600, 1);
  EXPECT_EQ(uses[0].holders, 2);
  clock_.Advance(QuotaBoard::kTimeToLive + absl::Seconds(1));
  EXPECT_THAT(board_.Uses(), IsEmpty()) << "leases end with their nodes' words";
}

TEST_F(QuotaBoardTest, SharesFollowDemand) {
  // From any count on, 20 and 5 in a second: 1200 and 300 a minute.
  Report(a_, 1'000'000);
  Report(b_, 0);
  clock_.Advance(absl::Seconds(1));
  Report(a_, 1'000'020);
  Report(b_, 5);
  EXPECT_THAT(board_.TakeGrant(a_)->leases, ElementsAre(Pair(kRpm, 300)));
  EXPECT_THAT(board_.TakeGrant(b_)->leases, ElementsAre(Pair(kRpm, 300)));
  EXPECT_THAT(board_.Uses().at(0).wanted, 1500);
}

TEST_F(QuotaBoardTest, WhatIsKnownIsSaidAgainOnlyNowAndThen) {
  Report(a_, 5);
  EXPECT_TRUE(board_.TakeGrant(a_).has_value());
  clock_.Advance(absl::Milliseconds(500));
  EXPECT_FALSE(board_.TakeGrant(a_).has_value());
  clock_.Advance(QuotaBoard::kRefresh);
  EXPECT_TRUE(board_.TakeGrant(a_).has_value());
}

TEST_F(QuotaBoardTest, ANewStreamIsToldAnew) {
  Report(a_, 5);
  EXPECT_TRUE(board_.TakeGrant(a_).has_value());
  board_.OnHello(a_);
  EXPECT_FALSE(board_.TakeGrant(a_).has_value());
  Report(a_, 5);
  EXPECT_THAT(board_.TakeGrant(a_)->leases, ElementsAre(Pair(kRpm, 600)));
}

TEST_F(QuotaBoardTest, ASilentNodesShareCountsUntilItsLeaseEnds) {
  Report(a_, 0);
  Report(b_, 0);
  clock_.Advance(absl::Seconds(1));
  Report(a_, 20);
  Report(b_, 20);
  board_.TakeGrant(b_);
  clock_.Advance(QuotaBoard::kTimeToLive);
  // 200 in ten seconds: 1200 a minute as before, of which it gets half.
  Report(a_, 220);
  EXPECT_THAT(board_.TakeGrant(a_)->leases.at(kRpm), 300);
  clock_.Advance(absl::Seconds(1));
  Report(a_, 240);
  EXPECT_THAT(board_.TakeGrant(a_)->leases, ElementsAre(Pair(kRpm, 600)));
}

TEST_F(QuotaBoardTest, WhoWantsItNoMoreLeavesItAtOnce) {
  Report(a_, 20);
  Report(b_, 20);
  EXPECT_THAT(board_.TakeGrant(a_)->leases.at(kRpm), 300);
  board_.OnReport(b_, kBoot, {});
  clock_.Advance(absl::Seconds(1));
  EXPECT_THAT(board_.TakeGrant(a_)->leases.at(kRpm), 600);
  EXPECT_THAT(board_.TakeGrant(b_)->leases, IsEmpty());
}

TEST_F(QuotaBoardTest, OneThatHasJustBegunLeavesNodesWhatTheyHave) {
  QuotaBoard young(clock_);
  config::v1::Resources resources;
  resources.add_client_keys()->set_name("demo");
  resources.mutable_client_keys(0)->mutable_limits()->set_rpm(600);
  young.SetResources(resources);
  young.OnReport(a_, kBoot, {{kRpm, {.wanted = 500}}});
  EXPECT_FALSE(young.TakeGrant(a_).has_value());
  clock_.Advance(absl::Milliseconds(500));
  young.OnReport(a_, kBoot, {{kRpm, {.wanted = 505}}});
  EXPECT_TRUE(young.TakeGrant(a_).has_value());
}

TEST_F(QuotaBoardTest, OneThatHasJustBegunDividesWhatItFinds) {
  QuotaBoard young(clock_);
  config::v1::Resources resources;
  resources.add_client_keys()->set_name("demo");
  resources.mutable_client_keys(0)->mutable_limits()->set_rpm(600);
  young.SetResources(resources);
  // It wants more than there is, and works with a third of it.
  std::uint64_t wanted = 500;
  double told = 0;
  const auto lease = [&] {
    wanted += 100;
    young.OnReport(a_, kBoot, {{kRpm, {.wanted = wanted, .share = 200}}});
    clock_.Advance(absl::Milliseconds(500));
    const auto grant = young.TakeGrant(a_);
    if (grant.has_value()) told = grant->leases.at(kRpm);
    return told;
  };
  EXPECT_EQ(lease(), 0);
  EXPECT_EQ(lease(), 200);
  young.OnReport(b_, kBoot, {{kRpm, {.wanted = 1, .share = 150}}});
  EXPECT_EQ(lease(), 200);
  young.OnReport(b_, kBoot, {{kRpm, {.wanted = 1, .share = 150}}});
  EXPECT_GT(lease(), 340) << "what the other has and does not want";
  clock_.Advance(QuotaBoard::kTimeToLive);
  EXPECT_EQ(lease(), 600);
}

TEST_F(QuotaBoardTest, SpentBudgetsAreForAllNodes) {
  board_.OnReport(a_, kBoot, {});
  board_.OnReport(b_, kBoot, {});
  board_.TakeGrant(a_);
  clock_.Advance(absl::Seconds(1));
  const SpentKey spent{"demo", absl::FromUnixSeconds(1'700'000'000), "small"};
  board_.SetSpent({spent});
  EXPECT_THAT(board_.TakeGrant(a_)->spent, ElementsAre(spent));
  EXPECT_THAT(board_.TakeGrant(b_)->spent, ElementsAre(spent));
}

TEST_F(QuotaBoardTest, LimitsThatItDoesNotKnowAreLeftOut) {
  board_.OnReport(a_, kBoot, {{"key/other/rpm", {.wanted = 5}}});
  EXPECT_THAT(board_.TakeGrant(a_)->leases, IsEmpty());
}

}  // namespace
}  // namespace weir::controlplane
