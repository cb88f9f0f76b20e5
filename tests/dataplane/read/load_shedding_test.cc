#include "dataplane/read/load_shedding.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "absl/time/time.h"
#include "tests/dataplane/peers/test_loop.h"

namespace weir::dataplane {
namespace {

struct ShareCase {
  std::string name;
  double share;
  LoopState state;
  absl::Duration elapsed;
  double want;
};

class NextShedShareTest : public ::testing::TestWithParam<ShareCase> {};

TEST_P(NextShedShareTest, FollowsTheLoop) {
  const ShareCase& test = GetParam();
  EXPECT_NEAR(NextShedShare(test.share, test.state, test.elapsed), test.want,
              1e-9);
}

INSTANTIATE_TEST_SUITE_P(
    Table, NextShedShareTest,
    ::testing::ValuesIn<ShareCase>({
        {"NoneAtRest", 0, LoopState::kKeepsUp, absl::Seconds(1), 0},
        {"GrowsByHalfASecond", 0.1, LoopState::kOverloaded,
         absl::Milliseconds(200), 0.2},
        {"NeverAll", 0.9, LoopState::kOverloaded, absl::Seconds(2), 0.95},
        {"ShrinksByAQuarterASecond", 0.5, LoopState::kKeepsUp, absl::Seconds(1),
         0.25},
        {"NotBelowNone", 0.1, LoopState::kKeepsUp, absl::Seconds(1), 0},
    }),
    [](const auto& test) { return test.param.name; });

class LoadSheddingTest : public ::testing::Test {
 protected:
  // Turns that each take so long, with requests in all of them.
  void Turn(int times, absl::Duration each) {
    for (int i = 0; i < times; ++i) {
      shedding_.OnRequest();
      loop_.Pass(each);
    }
  }

  testing::TestLoop loop_;
  LoadShedding shedding_{loop_.wheel};
};

TEST_F(LoadSheddingTest, RefusesNobodyWhileTheLoopKeepsUp) {
  Turn(20, absl::Milliseconds(50));
  EXPECT_EQ(shedding_.share(), 0);
  EXPECT_FALSE(shedding_.Sheds(Criticality::kSheddable, 0));
  EXPECT_FALSE(shedding_.Sheds(Criticality::kNormal, 0));
}

TEST_F(LoadSheddingTest, LongTurnsForAMomentAreNoOverload) {
  // 4 times 425 ms, as Pass() goes, are under 2 s; then it begins anew.
  for (int i = 0; i < 3; ++i) {
    Turn(4, absl::Milliseconds(400));
    Turn(1, absl::Milliseconds(50));
  }
  EXPECT_EQ(shedding_.share(), 0);
}

TEST_F(LoadSheddingTest, APauseOfTheMachineIsNoOverload) {
  Turn(1, absl::Minutes(1));
  EXPECT_EQ(shedding_.share(), 0);
  // What has come meanwhile takes some time.
  Turn(2, absl::Milliseconds(400));
  EXPECT_EQ(shedding_.share(), 0);
  // Two of them with no rest between are one of too much.
  Turn(3, absl::Minutes(1));
  EXPECT_GT(shedding_.share(), 0);
}

TEST_F(LoadSheddingTest, LongTurnsForLongShedWhatMayBeShedFirst) {
  Turn(5, absl::Milliseconds(400));
  EXPECT_GT(shedding_.share(), 0.1);
  EXPECT_LT(shedding_.share(), 0.5);
  EXPECT_TRUE(shedding_.Sheds(Criticality::kSheddable, 0.99));
  EXPECT_FALSE(shedding_.Sheds(Criticality::kNormal, 0.99));
  EXPECT_TRUE(shedding_.Sheds(Criticality::kNormal, 0));
}

TEST_F(LoadSheddingTest, AllAreServedAgainSoonAfter) {
  Turn(6, absl::Seconds(1));
  EXPECT_EQ(shedding_.share(), 0.95);
  // 0.95 at a quarter a second, without a single request.
  loop_.Pass(absl::Milliseconds(50));
  for (int i = 0; i < 80; ++i) loop_.Pass(absl::Milliseconds(50));
  EXPECT_EQ(shedding_.share(), 0);
}

}  // namespace
}  // namespace weir::dataplane
