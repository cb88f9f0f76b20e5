#include "controlplane/health/outcome_window.h"

#include "absl/time/time.h"
#include "common/latency_sketch.h"
#include "controlplane/health/latency_window.h"
#include "gtest/gtest.h"

namespace weir::controlplane {
namespace {

constexpr absl::Time kStart = absl::FromUnixSeconds(1000);

Outcomes Successes(std::uint64_t count) {
  Outcomes outcomes;
  outcomes.successes = count;
  return outcomes;
}

TEST(OutcomeWindowTest, AddsUpWhatIsYoungEnough) {
  OutcomeWindow window;
  window.Add(kStart, Successes(1));
  window.Add(kStart + absl::Seconds(5), Successes(2));
  window.Add(kStart + absl::Seconds(9), Successes(4));
  const absl::Time now = kStart + absl::Seconds(9);
  EXPECT_EQ(window.Within(absl::Seconds(10), now).successes, 7u);
  EXPECT_EQ(window.Within(absl::Seconds(9), now).successes, 6u);
  EXPECT_EQ(window.Within(absl::Seconds(1), now).successes, 4u);
}

TEST(OutcomeWindowTest, ForgetsAfterItsSpanWithoutBeingTouched) {
  OutcomeWindow window;
  window.Add(kStart, Successes(1));
  EXPECT_EQ(
      window.Within(OutcomeWindow::kSpan, kStart + absl::Seconds(59)).successes,
      1u);
  EXPECT_EQ(window.Within(OutcomeWindow::kSpan, kStart + absl::Seconds(60)),
            Outcomes{});
}

TEST(OutcomeWindowTest, ASlotThatComesRoundAgainBeginsEmpty) {
  OutcomeWindow window;
  window.Add(kStart, Successes(100));
  const absl::Time later = kStart + OutcomeWindow::kSpan;
  window.Add(later, Successes(1));
  EXPECT_EQ(window.Within(OutcomeWindow::kSpan, later).successes, 1u);
}

TEST(OutcomeWindowTest, KeepsKindsApart) {
  OutcomeWindow window;
  const Outcomes all{.successes = 1,
                     .endpoint_failures = 2,
                     .credential_failures = 3,
                     .rate_limited = 4};
  window.Add(kStart, all);
  EXPECT_EQ(window.Within(absl::Seconds(1), kStart), all);
  window.Clear();
  EXPECT_EQ(window.Within(absl::Seconds(1), kStart), Outcomes{});
}

TEST(LatencyWindowTest, ForgetsSlowTimesAfterHalfAMinute) {
  LatencyWindow window;
  LatencySketch slow;
  slow.Add(absl::Seconds(5));
  window.Merge(kStart, slow);
  EXPECT_EQ(window.Recent(kStart + absl::Seconds(29)).count(), 1u);
  EXPECT_EQ(window.Recent(kStart + absl::Seconds(30)).count(), 0u);

  window.Merge(kStart + absl::Seconds(30), slow);
  EXPECT_EQ(window.Recent(kStart + absl::Seconds(30)).count(), 1u);
}

}  // namespace
}  // namespace weir::controlplane
