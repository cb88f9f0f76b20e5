#include "controlplane/rollout_watch.h"

#include <string>

#include "common/ops/metrics.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace weir::controlplane {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

RolloutStatus HaltedStatus() {
  RolloutStatus status;
  status.phase = RolloutStatus::Phase::kHalted;
  status.standing.revision = 8;
  status.candidate = RolloutVersion{9};
  status.wave = 1;
  status.given = 1;
  status.reason = "node a refuses it";
  return status;
}

TEST(RolloutWatchTest, WhatIsHaltedIsAnAlert) {
  EXPECT_THAT(RolloutConditions({}), IsEmpty());
  ASSERT_THAT(RolloutConditions(HaltedStatus()), SizeIs(1));
  const Condition condition = RolloutConditions(HaltedStatus()).front();
  EXPECT_EQ(condition.Id(), "rollout_halted:config");
  EXPECT_EQ(condition.severity, Severity::kCritical);
  EXPECT_THAT(condition.summary, HasSubstr("revision 9"));
  EXPECT_THAT(condition.summary, HasSubstr("node a refuses it"));
}

TEST(RolloutWatchTest, EveryNumberIsAMetric) {
  ops::MetricPage page;
  AddRolloutMetrics(HaltedStatus(), {4, 3, 2}, page);
  const std::string text = page.Text();
  for (const char* line :
       {"weir_rollout_running 0\n", "weir_rollout_halted 1\n",
        "weir_rollout_wave 1\n", "weir_rollout_nodes{state=\"given\"} 1\n",
        "weir_rollout_nodes{state=\"took\"} 0\n",
        "weir_rollout_standing_revision 8\n",
        "weir_rollouts_total{outcome=\"completed\"} 4\n",
        "weir_rollouts_total{outcome=\"halted\"} 3\n",
        "weir_rollouts_total{outcome=\"withdrawn\"} 2\n"}) {
    EXPECT_THAT(text, HasSubstr(line));
  }
}

}  // namespace
}  // namespace weir::controlplane
