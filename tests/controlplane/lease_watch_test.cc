#include "controlplane/lease_watch.h"

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "common/ops/metrics.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/testing/fake_clock.h"

namespace weir::controlplane {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

TEST(LeaseWatchTest, ADatabaseThatIsAwayForLongIsWrong) {
  testing::FakeClock clock;
  LeaseWatch watch(clock);
  watch.Note(absl::UnavailableError("no route"));
  clock.Advance(absl::Seconds(4));
  watch.Note(absl::UnavailableError("no route"));
  EXPECT_THAT(LeaseConditions(watch.Current()), IsEmpty());
  clock.Advance(absl::Seconds(1));
  ASSERT_THAT(LeaseConditions(watch.Current()), SizeIs(1));
  EXPECT_THAT(LeaseConditions(watch.Current())[0].summary,
              HasSubstr("no route"));
  watch.Note(absl::OkStatus());
  EXPECT_THAT(LeaseConditions(watch.Current()), IsEmpty());
}

TEST(LeaseWatchTest, MetricsSayWhoLeadsAndSinceWhenItFails) {
  testing::FakeClock clock;
  LeaseWatch watch(clock);
  watch.Set(7, "a:1");
  watch.Note(absl::UnavailableError("no route"));
  clock.Advance(absl::Seconds(3));
  ops::MetricPage page;
  AddLeaseMetrics(watch.Current(), page);
  EXPECT_THAT(page.Text(), HasSubstr("weir_leader 1"));
  EXPECT_THAT(page.Text(), HasSubstr("weir_lease_failing_seconds 3"));
}

}  // namespace
}  // namespace weir::controlplane
