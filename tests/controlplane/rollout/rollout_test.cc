#include "controlplane/rollout/rollout.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "common/ids.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/controlplane/rollout/rollout_plane.h"
#include "tests/testing/fake_clock.h"
#include "tests/testing/status_matchers.h"

namespace weir::controlplane {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::weir::testing::IsOk;
using ::weir::testing::StatusIs;
using Kind = RolloutNews::Kind;
using Phase = RolloutStatus::Phase;

class RolloutTest : public ::testing::Test {
 protected:
  // Six nodes that run "good".
  RolloutTest() {
    plane_.Want(Config("good", KeyNamed("k", '1')));
    plane_.Pass(absl::Seconds(1));
    for (int i = 1; i <= 6; ++i) plane_.Connect("n" + std::to_string(i));
  }
  void CarryTraffic() {
    for (int i = 1; i <= 6; ++i) {
      plane_.node("n" + std::to_string(i)).traffic = {.answers = 100};
    }
    plane_.Pass(absl::Seconds(1));
  }
  Phase phase() { return plane_.rollout_.status().phase; }

  testing::FakeClock clock_;
  Plane plane_{clock_};
};

TEST_F(RolloutTest, TheFirstConfigIsEverybodys) {
  EXPECT_THAT(plane_.Running("good"), SizeIs(6));
  EXPECT_THAT(plane_.TakeNews(), IsEmpty());
}

TEST_F(RolloutTest, WithoutTrafficAChangeReachesAllInASecond) {
  plane_.Want(Config("better", KeyNamed("k", '1')));
  plane_.Pass(absl::Seconds(1));
  EXPECT_THAT(plane_.Running("better"), SizeIs(6));
  EXPECT_EQ(phase(), Phase::kSteady);
  EXPECT_EQ(plane_.rollout_.status().standing.revision, 2U);
  EXPECT_THAT(plane_.TakeNews(), ElementsAre(Kind::kStarted, Kind::kWave,
                                             Kind::kWave, Kind::kCompleted));
}

TEST_F(RolloutTest, WithTrafficWavesSettle) {
  CarryTraffic();
  plane_.Want(Config("better", KeyNamed("k", '1')));
  plane_.Pass(absl::Seconds(1));
  EXPECT_THAT(plane_.Running("better"), ElementsAre("n1"));
  plane_.Pass(absl::Seconds(3));
  EXPECT_THAT(plane_.Running("better"), ElementsAre("n1", "n2"));
  plane_.Pass(absl::Seconds(4));
  EXPECT_THAT(plane_.Running("better"), SizeIs(6));
  plane_.Pass(absl::Seconds(4));
  EXPECT_EQ(phase(), Phase::kSteady);
}

TEST_F(RolloutTest, WhatTheFirstRefusesNobodyElseSees) {
  plane_.node("n1").takes = false;
  plane_.Want(Config("poison", KeyNamed("k", '1')));
  plane_.Pass(absl::Seconds(1));
  EXPECT_EQ(phase(), Phase::kHalted);
  EXPECT_THAT(plane_.rollout_.status().reason, HasSubstr("n1 refuses it: no"));
  EXPECT_THAT(plane_.Running("good"), SizeIs(6));
  for (int i = 2; i <= 6; ++i) {
    EXPECT_THAT(plane_.node("n" + std::to_string(i)).got, ElementsAre(1));
  }
  EXPECT_THAT(plane_.TakeNews(), ElementsAre(Kind::kStarted, Kind::kHalted));
  plane_.Pass(absl::Minutes(1));
  EXPECT_THAT(plane_.TakeNews(), IsEmpty()) << "it is not tried again";
}

TEST_F(RolloutTest, WhatMakesErrorsGoesBack) {
  CarryTraffic();
  plane_.Want(Config("poison", KeyNamed("k", '1')));
  plane_.Pass(absl::Seconds(1));
  ASSERT_THAT(plane_.Running("poison"), ElementsAre("n1"));
  plane_.node("n1").traffic = {.answers = 120, .failed_answers = 20};
  plane_.Pass(absl::Milliseconds(200));
  EXPECT_EQ(phase(), Phase::kHalted);
  EXPECT_THAT(plane_.Running("good"), SizeIs(6));
  EXPECT_EQ(plane_.rollout_.status().given, 1U);
}

TEST_F(RolloutTest, AnErrorOfAllIsNotTheConfigs) {
  CarryTraffic();
  plane_.Want(Config("better", KeyNamed("k", '1')));
  plane_.Pass(absl::Seconds(1));
  for (int i = 1; i <= 6; ++i) {
    plane_.node("n" + std::to_string(i)).traffic = {.answers = 150,
                                                    .failed_answers = 20};
  }
  plane_.Pass(absl::Seconds(30));
  EXPECT_EQ(phase(), Phase::kSteady);
  EXPECT_THAT(plane_.Running("better"), SizeIs(6));
}

TEST_F(RolloutTest, ARevokedKeyDoesNotWait) {
  CarryTraffic();
  plane_.Want(Config("better"));
  plane_.Pass(absl::Milliseconds(200));
  EXPECT_THAT(plane_.Running("'k'"), IsEmpty());
  EXPECT_THAT(plane_.Running("better"), ElementsAre("n1"));
}

TEST_F(RolloutTest, AKeyThatIsRevokedMeanwhileChangesBothVersions) {
  CarryTraffic();
  plane_.Want(Config("better", KeyNamed("k", '1')));
  plane_.Pass(absl::Seconds(1));
  ASSERT_THAT(plane_.Running("better"), ElementsAre("n1"));
  const std::uint64_t before = plane_.node("n1").runs->sequence;
  plane_.Want(Config("better"));
  plane_.Pass(absl::Milliseconds(300));
  EXPECT_THAT(plane_.Running("better"), ElementsAre("n1"));
  EXPECT_GT(plane_.node("n1").runs->sequence, before);
  EXPECT_GT(plane_.node("n2").runs->sequence, before);
  plane_.Pass(absl::Seconds(15));
  EXPECT_THAT(plane_.Running("better"), SizeIs(6));
}

TEST_F(RolloutTest, ARevokedKeyDoesNotBringBackWhatWasHalted) {
  plane_.node("n1").takes = false;
  plane_.Want(Config("poison", KeyNamed("k", '1')));
  plane_.Pass(absl::Seconds(1));
  ASSERT_EQ(phase(), Phase::kHalted);
  plane_.node("n1").takes = true;
  plane_.TakeNews();
  plane_.Want(Config("poison"));
  plane_.Pass(absl::Seconds(1));
  EXPECT_EQ(phase(), Phase::kHalted);
  EXPECT_THAT(plane_.Running("good"), SizeIs(6));
  EXPECT_GT(plane_.node("n6").runs->sequence, 2U);
  EXPECT_THAT(plane_.TakeNews(), IsEmpty());
}

TEST_F(RolloutTest, TheLatestWinsAndBeginsWithOneNode) {
  CarryTraffic();
  plane_.Want(Config("first", KeyNamed("k", '1')));
  plane_.Pass(absl::Seconds(5));
  ASSERT_THAT(plane_.Running("first"), ElementsAre("n1", "n2"));
  plane_.Want(Config("second", KeyNamed("k", '1')));
  plane_.Pass(absl::Seconds(1));
  EXPECT_THAT(plane_.Running("first"), IsEmpty());
  EXPECT_THAT(plane_.Running("second"), ElementsAre("n1"));
  EXPECT_THAT(plane_.Running("good"), SizeIs(5));
  EXPECT_EQ(plane_.rollout_.counts().withdrawn, 1U);
}

TEST_F(RolloutTest, TakenBackMeansTheLastGoodOneForAll) {
  CarryTraffic();
  plane_.Want(Config("oops", KeyNamed("k", '1')));
  plane_.Pass(absl::Seconds(1));
  plane_.Want(Config("good", KeyNamed("k", '1')));
  plane_.Pass(absl::Seconds(1));
  EXPECT_THAT(plane_.Running("good"), SizeIs(6));
  EXPECT_EQ(phase(), Phase::kSteady);
}

TEST_F(RolloutTest, ANextChangeEndsTheHalt) {
  plane_.node("n1").takes = false;
  plane_.Want(Config("poison", KeyNamed("k", '1')));
  plane_.Pass(absl::Seconds(1));
  plane_.node("n1").takes = true;
  plane_.Want(Config("cure", KeyNamed("k", '1')));
  plane_.Pass(absl::Seconds(1));
  EXPECT_EQ(phase(), Phase::kSteady);
  EXPECT_THAT(plane_.Running("cure"), SizeIs(6));
}

TEST_F(RolloutTest, WhoComesMeanwhileGetsTheLastGoodOne) {
  CarryTraffic();
  plane_.Want(Config("better", KeyNamed("k", '1')));
  plane_.Pass(absl::Seconds(1));
  plane_.Connect("n7");
  EXPECT_THAT(plane_.Running("better"), ElementsAre("n1"));
  plane_.Pass(absl::Seconds(20));
  EXPECT_THAT(plane_.Running("better"), SizeIs(7));
}

TEST_F(RolloutTest, WhoWasGivenItAndComesBackAfterTheHaltGoesBack) {
  CarryTraffic();
  plane_.Want(Config("poison", KeyNamed("k", '1')));
  plane_.Pass(absl::Seconds(1));
  const Version poison = *plane_.node("n1").runs;
  plane_.Leave("n1");
  ASSERT_THAT(plane_.rollout_.Abort({}), IsOk());
  plane_.Pass(absl::Seconds(1));
  plane_.Connect("n1", poison);
  EXPECT_THAT(plane_.Running("good"), SizeIs(6));
}

TEST_F(RolloutTest, ResumePushesWhatWasHalted) {
  EXPECT_THAT(plane_.rollout_.Resume({}),
              StatusIs(absl::StatusCode::kFailedPrecondition));
  plane_.node("n1").takes = false;
  plane_.Want(Config("poison", KeyNamed("k", '1')));
  plane_.Pass(absl::Seconds(1));
  ASSERT_THAT(plane_.rollout_.Resume({}), IsOk());
  plane_.Pass(absl::Seconds(1));
  EXPECT_THAT(plane_.Running("poison"), SizeIs(5));
  EXPECT_EQ(phase(), Phase::kSteady);
}

TEST_F(RolloutTest, AbortBringsTheLastGoodOneBack) {
  CarryTraffic();
  EXPECT_THAT(plane_.rollout_.Abort({}),
              StatusIs(absl::StatusCode::kFailedPrecondition));
  plane_.Want(Config("better", KeyNamed("k", '1')));
  plane_.Pass(absl::Seconds(5));
  ASSERT_THAT(plane_.rollout_.Abort({}), IsOk());
  plane_.Pass(absl::Seconds(1));
  EXPECT_EQ(phase(), Phase::kHalted);
  EXPECT_THAT(plane_.Running("good"), SizeIs(6));
}

TEST_F(RolloutTest, ANextLifeGoesOnFromTheLastGoodOne) {
  CarryTraffic();
  plane_.Want(Config("better", KeyNamed("k", '1')));
  plane_.Pass(absl::Seconds(1));
  const std::optional<StoredRollout> stored = plane_.rollout_.Stored();
  ASSERT_TRUE(stored.has_value());

  Plane next(clock_, {}, 8);
  next.rollout_.Restore(*stored);
  next.Want(Config("better", KeyNamed("k", '1')));
  next.Pass(absl::Milliseconds(200));
  for (int i = 1; i <= 6; ++i) {
    const std::string name = "n" + std::to_string(i);
    next.Connect(name, plane_.node(name).runs);
  }
  next.Pass(absl::Seconds(5));
  EXPECT_THAT(next.Running("good"), SizeIs(6)) << "nodes come back first";
  next.Pass(absl::Seconds(10));
  EXPECT_THAT(next.Running("better"), SizeIs(6));
}

TEST_F(RolloutTest, ANextLifeRemembersWhatWasHalted) {
  plane_.node("n1").takes = false;
  plane_.Want(Config("poison", KeyNamed("k", '1')));
  plane_.Pass(absl::Seconds(1));
  Plane next(clock_, {}, 8);
  next.rollout_.Restore(*plane_.rollout_.Stored());
  next.Want(Config("poison", KeyNamed("k", '1')));
  next.Connect("n1");
  next.Pass(absl::Seconds(30));
  EXPECT_EQ(next.rollout_.status().phase, Phase::kHalted);
  EXPECT_THAT(next.rollout_.status().reason, HasSubstr("refuses it"));
  EXPECT_THAT(next.Running("good"), ElementsAre("n1"));
}

TEST(RolloutOffTest, EveryChangeIsEverybodysAtOnce) {
  testing::FakeClock clock;
  Plane plane(clock, {.mode = RolloutMode::kOff});
  plane.Want(Config("good"));
  plane.Pass(absl::Seconds(1));
  for (const char* name : {"n1", "n2", "n3"}) plane.Connect(name);
  plane.node("n1").traffic = {.answers = 100};
  plane.Want(Config("next"));
  plane.Pass(absl::Milliseconds(200));
  EXPECT_THAT(plane.Running("next"), SizeIs(3));
}

TEST_F(RolloutTest, WhatFewRunIsNotInForce) {
  CarryTraffic();
  plane_.Want(Config("better", KeyNamed("k", '1')));
  plane_.Pass(absl::Seconds(1));
  EXPECT_TRUE(plane_.rollout_.IsOnTrial(NodeId{"n1"}));
  EXPECT_FALSE(plane_.rollout_.IsOnTrial(NodeId{"n2"}));
  EXPECT_EQ(plane_.rollout_.InForce()->providers(0).name(), "good");
  plane_.Pass(absl::Seconds(8));
  EXPECT_FALSE(plane_.rollout_.IsOnTrial(NodeId{"n1"})) << "all have it";
  EXPECT_EQ(plane_.rollout_.InForce()->providers(0).name(), "better");
  EXPECT_THAT(plane_.on_trial, ElementsAre("n1", "n2"));
}

TEST_F(RolloutTest, WhatIsSeenIsPublished) {
  plane_.Want(Config("better"));
  EXPECT_EQ(plane_.rollout_.status().seen_revision, 1U);
  plane_.Pass(absl::Milliseconds(200));
  EXPECT_EQ(plane_.rollout_.status().seen_revision, 2U);
}

}  // namespace
}  // namespace weir::controlplane
