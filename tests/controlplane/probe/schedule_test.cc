#include "controlplane/probe/schedule.h"

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "common/ids.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/testing/fake_random.h"

namespace weir::controlplane {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::weir::testing::FakeRandom;

constexpr std::size_t kAll = 100;
const TargetId kA{"a"};
const TargetId kB{"b"};

class ScheduleTest : public ::testing::Test {
 protected:
  // When `target` is next due, after a probe that took `spent`.
  absl::Duration NextAfter(const TargetId& target, Pace pace,
                           absl::Duration spent = absl::ZeroDuration()) {
    schedule_.TakeDue(kAll, now_);
    schedule_.Finished(target, pace, now_ + spent);
    return *schedule_.NextDue() - now_;
  }

  // 0.5 is no jitter.
  FakeRandom random_{{0.5}};
  Schedule schedule_{random_};
  absl::Time now_ = absl::FromUnixSeconds(1000);
};

TEST_F(ScheduleTest, NothingIsNeverDue) {
  EXPECT_THAT(schedule_.TakeDue(kAll, now_), IsEmpty());
  EXPECT_EQ(schedule_.NextDue(), std::nullopt);
}

TEST_F(ScheduleTest, NewTargetsAreDueAtOnce) {
  schedule_.SetTargets({{kA, absl::Hours(1)}, {kB, absl::Hours(1)}}, now_);
  EXPECT_EQ(schedule_.NextDue(), now_);
  EXPECT_THAT(schedule_.TakeDue(kAll, now_), ElementsAre(kA, kB));
}

TEST_F(ScheduleTest, ATargetThatIsOutIsNotDue) {
  schedule_.SetTargets({{kA, absl::Seconds(1)}}, now_);
  schedule_.TakeDue(kAll, now_);
  EXPECT_THAT(schedule_.TakeDue(kAll, now_ + absl::Hours(1)), IsEmpty());
  EXPECT_EQ(schedule_.NextDue(), std::nullopt);
}

TEST_F(ScheduleTest, IntervalsRunFromStartToStart) {
  schedule_.SetTargets({{kA, absl::Seconds(10)}}, now_);
  EXPECT_EQ(NextAfter(kA, Pace::kSteady, absl::Seconds(3)), absl::Seconds(10));
}

TEST_F(ScheduleTest, AProbeLongerThanItsIntervalIsFollowedAtOnce) {
  schedule_.SetTargets({{kA, absl::Seconds(1)}}, now_);
  EXPECT_EQ(NextAfter(kA, Pace::kSteady, absl::Seconds(5)), absl::Seconds(5));
}

TEST_F(ScheduleTest, TurningIsFiveTimesAsFast) {
  schedule_.SetTargets({{kA, absl::Seconds(10)}}, now_);
  EXPECT_EQ(NextAfter(kA, Pace::kTurning), absl::Seconds(2));
}

TEST_F(ScheduleTest, TurningIsNotFasterThanTenASecond) {
  schedule_.SetTargets({{kA, absl::Milliseconds(300)}}, now_);
  EXPECT_EQ(NextAfter(kA, Pace::kTurning), absl::Milliseconds(100));
}

TEST_F(ScheduleTest, TurningIsNotSlowerThanSteady) {
  schedule_.SetTargets({{kA, absl::Milliseconds(50)}}, now_);
  EXPECT_EQ(NextAfter(kA, Pace::kTurning), absl::Milliseconds(50));
}

TEST_F(ScheduleTest, JitterIsAFifthEitherWay) {
  FakeRandom low({0.0});
  Schedule early(low);
  early.SetTargets({{kA, absl::Seconds(10)}}, now_);
  early.TakeDue(kAll, now_);
  early.Finished(kA, Pace::kSteady, now_);
  EXPECT_EQ(*early.NextDue() - now_, absl::Seconds(8));

  FakeRandom high({0.999999});
  Schedule late(high);
  late.SetTargets({{kA, absl::Seconds(10)}}, now_);
  late.TakeDue(kAll, now_);
  late.Finished(kA, Pace::kSteady, now_);
  EXPECT_NEAR(absl::ToDoubleSeconds(*late.NextDue() - now_), 12, 0.001);
}

TEST_F(ScheduleTest, TheLongestDueGoFirstWhereThereIsNoRoom) {
  schedule_.SetTargets({{kA, absl::Seconds(10)}}, now_);
  schedule_.TakeDue(kAll, now_);
  schedule_.Finished(kA, Pace::kSteady, now_);
  schedule_.SetTargets({{kA, absl::Seconds(10)}, {kB, absl::Seconds(10)}},
                       now_ + absl::Seconds(5));
  const absl::Time later = now_ + absl::Seconds(20);
  EXPECT_THAT(schedule_.TakeDue(1, later), ElementsAre(kB));
  EXPECT_THAT(schedule_.TakeDue(1, later), ElementsAre(kA));
}

TEST_F(ScheduleTest, ATargetThatStaysKeepsItsTime) {
  schedule_.SetTargets({{kA, absl::Seconds(10)}}, now_);
  schedule_.TakeDue(kAll, now_);
  schedule_.Finished(kA, Pace::kSteady, now_);
  schedule_.SetTargets({{kA, absl::Seconds(10)}}, now_ + absl::Seconds(9));
  EXPECT_EQ(schedule_.NextDue(), now_ + absl::Seconds(10));
}

TEST_F(ScheduleTest, AShorterIntervalHoldsFromNowOn) {
  schedule_.SetTargets({{kA, absl::Hours(1)}}, now_);
  schedule_.TakeDue(kAll, now_);
  schedule_.Finished(kA, Pace::kSteady, now_);
  schedule_.SetTargets({{kA, absl::Seconds(10)}}, now_);
  EXPECT_EQ(schedule_.NextDue(), now_ + absl::Seconds(10));
}

TEST_F(ScheduleTest, ATargetThatIsGoneIsForgottenWithItsProbe) {
  schedule_.SetTargets({{kA, absl::Seconds(10)}}, now_);
  schedule_.TakeDue(kAll, now_);
  schedule_.SetTargets({}, now_);
  schedule_.Finished(kA, Pace::kSteady, now_);
  EXPECT_EQ(schedule_.NextDue(), std::nullopt);
}

TEST_F(ScheduleTest, ADeadTargetIsFoundWellWithinASecond) {
  // Dies just after a probe; the longest jitter throughout; unhealthy_after 2.
  FakeRandom high({0.999999});
  Schedule schedule(high);
  schedule.SetTargets({{kA, absl::Milliseconds(500)}}, now_);
  schedule.TakeDue(kAll, now_);
  schedule.Finished(kA, Pace::kSteady, now_);
  const absl::Time first = *schedule.NextDue();
  schedule.TakeDue(kAll, first);
  schedule.Finished(kA, Pace::kTurning, first);
  EXPECT_LT(*schedule.NextDue() - now_, absl::Milliseconds(750));
}

}  // namespace
}  // namespace weir::controlplane
