#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/testing/fake_clock.h"
#include "tests/testing/fake_random.h"
#include "tests/testing/status_matchers.h"

namespace weir::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;

TEST(FakeClockTest, AdvanceMovesBothHandsAndAJumpOnlyTheWall) {
  FakeClock clock;
  const absl::Time now = clock.Now();
  const absl::Time wall = clock.WallNow();
  clock.Advance(absl::Milliseconds(1500));
  clock.JumpWall(-absl::Hours(1));
  EXPECT_EQ(clock.Now() - now, absl::Milliseconds(1500));
  EXPECT_EQ(clock.WallNow() - wall, absl::Milliseconds(1500) - absl::Hours(1));
}

TEST(FakeRandomTest, UniformGivesWhatItWasToldAndBeginsAgain) {
  FakeRandom random({0.0, 0.25, 0.999});
  for (int round = 0; round < 2; ++round) {
    EXPECT_DOUBLE_EQ(random.Uniform(), 0.0);
    EXPECT_DOUBLE_EQ(random.Uniform(), 0.25);
    EXPECT_NEAR(random.Uniform(), 0.999, 1e-12);
  }
}

TEST(StatusMatchersTest, TellStatusesApart) {
  const absl::Status missing = absl::NotFoundError("no provider x");
  EXPECT_THAT(absl::OkStatus(), IsOk());
  EXPECT_THAT(missing, Not(IsOk()));
  EXPECT_THAT(missing, StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(missing,
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("provider x")));
  EXPECT_THAT(missing, Not(StatusIs(absl::StatusCode::kAborted)));
  EXPECT_THAT(missing,
              Not(StatusIs(absl::StatusCode::kNotFound, HasSubstr("model"))));
}

TEST(StatusMatchersTest, LookInsideAStatusOr) {
  const absl::StatusOr<std::string> found = "abc";
  const absl::StatusOr<std::string> missing = absl::NotFoundError("gone");
  EXPECT_THAT(found, IsOk());
  EXPECT_THAT(found, IsOkAndHolds("abc"));
  EXPECT_THAT(found, IsOkAndHolds(SizeIs(3)));
  EXPECT_THAT(found, Not(IsOkAndHolds("abd")));
  EXPECT_THAT(missing, Not(IsOkAndHolds("abc")));
  EXPECT_THAT(missing, StatusIs(absl::StatusCode::kNotFound));
}

}  // namespace
}  // namespace weir::testing
