// What the board says of limits that are asked for.
#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "absl/time/time.h"
#include "controlplane/quota/quota_board.h"
#include "controlplane/quota/request_bucket.h"
#include "gtest/gtest.h"
#include "tests/testing/fake_clock.h"

namespace weir::controlplane {
namespace {

TEST(RequestBucketTest, BeginsWithASecondsWorthOrOne) {
  const absl::Time start = absl::FromUnixSeconds(1000);
  RequestBucket few(10, start);
  EXPECT_TRUE(few.Take(start));
  EXPECT_FALSE(few.Take(start));
  EXPECT_EQ(few.UntilNext(start), absl::Seconds(6));
  RequestBucket many(180, start);
  int taken = 0;
  while (many.Take(start)) ++taken;
  EXPECT_EQ(taken, 3);
}

TEST(RequestBucketTest, HoldsTenSecondsOrJustUnderTwo) {
  const absl::Time start = absl::FromUnixSeconds(1000);
  const absl::Time later = start + absl::Hours(1);
  RequestBucket few(10, start);
  EXPECT_TRUE(few.Take(later));
  EXPECT_FALSE(few.Take(later));
  // 0.99 were left: the next one comes with the last hundredth.
  EXPECT_EQ(absl::ToInt64Milliseconds(few.UntilNext(later)), 60);
  RequestBucket many(60, start);
  int taken = 0;
  while (many.Take(later)) ++taken;
  EXPECT_EQ(taken, 10);
}

constexpr char kRate[] = "key/demo/rpm";
constexpr char kPlaces[] = "key/demo/concurrent";

// Four nodes, and a key with ten requests a minute and three at once.
class SmallLimitBoardTest : public ::testing::Test {
 protected:
  SmallLimitBoardTest() {
    config::v1::Resources resources;
    config::v1::ClientKey& key = *resources.add_client_keys();
    key.set_name("demo");
    key.mutable_limits()->set_rpm(10);
    key.mutable_limits()->set_concurrent(3);
    board_.SetResources(resources);
    board_.SetNodes(4);
    clock_.Advance(QuotaBoard::kTimeToLive);
  }

  // What `node` is told of `limit` when it says that.
  LimitAdmission Ask(const NodeId& node, const std::string& limit,
                     const DemandReport& demand) {
    board_.OnReport(node, kBoot, {{limit, demand}});
    const std::optional<QuotaGrant> grant = board_.TakeGrant(node);
    if (!grant.has_value() || !grant->admissions.contains(limit)) return {};
    EXPECT_TRUE(grant->leases.contains(limit)) << "for when nobody answers";
    return grant->admissions.at(limit);
  }

  static constexpr std::uint64_t kBoot = 7;
  testing::FakeClock clock_;
  QuotaBoard board_{clock_};
  const NodeId a_{"a"};
  const NodeId b_{"b"};
};

TEST_F(SmallLimitBoardTest, WhoComesFirstIsServedFirst) {
  const LimitAdmission first = Ask(a_, kRate, {.asked = 1, .waiting = 1});
  EXPECT_EQ(first.answered, 1);
  EXPECT_EQ(first.granted, 1);
  EXPECT_EQ(first.closed_for, absl::Seconds(6));
  const LimitAdmission second = Ask(b_, kRate, {.asked = 1, .waiting = 1});
  EXPECT_EQ(second.answered, 1);
  EXPECT_EQ(second.granted, 0);
  clock_.Advance(absl::Seconds(6));
  EXPECT_EQ(Ask(b_, kRate, {.asked = 2, .waiting = 1}).granted, 1);
}

TEST_F(SmallLimitBoardTest, AReportThatCrossedTheAnswerAsksForNothingMore) {
  Ask(a_, kRate, {.asked = 1, .waiting = 1});
  clock_.Advance(absl::Minutes(1));
  const LimitAdmission again = Ask(a_, kRate, {.asked = 1, .waiting = 1});
  EXPECT_EQ(again.answered, 1);
  EXPECT_EQ(again.granted, 1);
  EXPECT_EQ(again.closed_for, absl::ZeroDuration()) << "one is there";
}

// What was asked of another control plane had its end; its grants count.
TEST_F(SmallLimitBoardTest, ANodeThatComesFromAnotherControlPlane) {
  const LimitAdmission told =
      Ask(a_, kRate, {.asked = 9, .waiting = 1, .granted = 5});
  EXPECT_EQ(told.answered, 9);
  EXPECT_EQ(told.granted, 6);
}

TEST_F(SmallLimitBoardTest, AnotherBootBeginsAnew) {
  Ask(a_, kRate, {.asked = 9, .waiting = 1, .granted = 5});
  clock_.Advance(absl::Seconds(6));
  board_.OnReport(a_, kBoot + 1, {{kRate, {.asked = 1, .waiting = 1}}});
  const LimitAdmission told = board_.TakeGrant(a_)->admissions.at(kRate);
  EXPECT_EQ(told.answered, 1);
  EXPECT_EQ(told.granted, 1);
}

TEST_F(SmallLimitBoardTest, PlacesAreThoseInFlightAndThoseOnTheirWay) {
  EXPECT_EQ(Ask(a_, kPlaces, {.asked = 2, .waiting = 2}).granted, 2);
  // The two are not in a's reports yet.
  EXPECT_EQ(Ask(b_, kPlaces, {.asked = 1, .waiting = 1}).granted, 1);
  const LimitAdmission full =
      Ask(b_, kPlaces, {.held = 1, .asked = 2, .waiting = 1, .granted = 1});
  EXPECT_EQ(full.answered, 2);
  EXPECT_EQ(full.granted, 1);
  EXPECT_EQ(full.closed_for, QuotaBoard::kMinGap);
  // One of a's has ended, and it has heard of both.
  Ask(a_, kPlaces, {.held = 1, .asked = 2, .granted = 2});
  EXPECT_EQ(
      Ask(b_, kPlaces, {.held = 1, .asked = 3, .waiting = 1, .granted = 1})
          .granted,
      2);
}

TEST_F(SmallLimitBoardTest, ADeadNodesPlacesAreFreeWhenItsLeaseEnds) {
  Ask(a_, kPlaces, {.asked = 3, .waiting = 3});
  EXPECT_EQ(Ask(b_, kPlaces, {.asked = 1, .waiting = 1}).granted, 0);
  clock_.Advance(QuotaBoard::kTimeToLive + absl::Seconds(1));
  // The first word of b's divides, which forgets a.
  Ask(b_, kPlaces, {.asked = 1});
  EXPECT_EQ(Ask(b_, kPlaces, {.asked = 2, .waiting = 1}).granted, 1);
}

TEST_F(SmallLimitBoardTest, WhoAsksOfALimitThatIsLargeEnoughIsToldSo) {
  board_.SetNodes(1);
  board_.OnReport(a_, kBoot, {{kRate, {.asked = 1, .waiting = 1}}});
  const std::optional<QuotaGrant> grant = board_.TakeGrant(a_);
  ASSERT_TRUE(grant.has_value());
  EXPECT_TRUE(grant->leases.contains(kRate));
  EXPECT_TRUE(grant->admissions.empty());
}

}  // namespace
}  // namespace weir::controlplane
