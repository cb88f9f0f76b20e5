#include "dataplane/drain.h"

#include "absl/time/time.h"
#include "gtest/gtest.h"

namespace weir::dataplane {
namespace {

using Step = Drain::Step;

const absl::Time kStart = absl::FromUnixSeconds(1000);

class DrainTest : public ::testing::Test {
 protected:
  static absl::Time At(int seconds) { return kStart + absl::Seconds(seconds); }

  Drain drain_{kStart, absl::Seconds(10), absl::Seconds(300)};
};

TEST_F(DrainTest, AcceptsWhileLoadBalancersTakeNotice) {
  EXPECT_EQ(drain_.Next(At(0), 0), Step::kAccept);
  EXPECT_EQ(drain_.Next(At(9), 5), Step::kAccept);
}

TEST_F(DrainTest, ThenStopsAcceptingOnce) {
  EXPECT_EQ(drain_.Next(At(10), 5), Step::kStopAccepting);
  EXPECT_EQ(drain_.Next(At(10), 5), Step::kWait);
}

TEST_F(DrainTest, EndsAsSoonAsNothingRuns) {
  drain_.Next(At(10), 5);
  EXPECT_EQ(drain_.Next(At(11), 1), Step::kWait);
  EXPECT_EQ(drain_.Next(At(12), 0), Step::kEnd);
}

TEST_F(DrainTest, ACountFromBeforeTheListenerClosedEndsNothing) {
  EXPECT_EQ(drain_.Next(At(10), 0), Step::kStopAccepting);
  EXPECT_EQ(drain_.Next(At(10), 0), Step::kEnd);
}

TEST_F(DrainTest, EndsWhenTimeIsUpWhateverRuns) {
  drain_.Next(At(10), 5);
  EXPECT_EQ(drain_.Next(At(309), 5), Step::kWait);
  EXPECT_EQ(drain_.Next(At(310), 5), Step::kEnd);
}

TEST_F(DrainTest, ALoopThatSleptStillStopsAcceptingFirst) {
  EXPECT_EQ(drain_.Next(At(5000), 5), Step::kStopAccepting);
  EXPECT_EQ(drain_.Next(At(5000), 5), Step::kEnd);
}

TEST(DrainWithoutDelayTest, StopsAcceptingAtOnce) {
  Drain drain(kStart, absl::ZeroDuration(), absl::ZeroDuration());
  EXPECT_EQ(drain.Next(kStart, 5), Step::kStopAccepting);
  EXPECT_EQ(drain.Next(kStart, 5), Step::kEnd);
}

}  // namespace
}  // namespace weir::dataplane
