#include "controlplane/ledger_watch.h"

#include <string>

#include "absl/time/time.h"
#include "common/ops/metrics.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace weir::controlplane {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

TEST(LedgerWatchTest, AStoreThatFailsForLongerThanALockIsHeldIsAnAlert) {
  Ledger::Stats stats;
  EXPECT_THAT(LedgerConditions(stats), IsEmpty());
  stats.failing_for = absl::Seconds(4);
  stats.failure = "store /weir.db: disk is full";
  EXPECT_THAT(LedgerConditions(stats), IsEmpty());
  stats.failing_for = absl::Seconds(5);
  ASSERT_THAT(LedgerConditions(stats), SizeIs(1));
  const Condition condition = LedgerConditions(stats).front();
  EXPECT_EQ(condition.Id(), "ledger:usage");
  EXPECT_EQ(condition.severity, Severity::kCritical);
  EXPECT_THAT(condition.summary, HasSubstr("disk is full"));
}

TEST(LedgerWatchTest, WhoMisreportsIsAnAlert) {
  EXPECT_THAT(MisreportConditions({}), IsEmpty());
  const auto conditions = MisreportConditions({{"p", "m"}, {"q", "m"}});
  ASSERT_THAT(conditions, SizeIs(2));
  EXPECT_EQ(conditions[0].Id(), "misreported_usage:p/m");
  EXPECT_EQ(conditions[0].severity, Severity::kWarning);
  EXPECT_EQ(conditions[0].summary,
            "provider p says of m's tokens what can't be true; they are "
            "estimated");
}

TEST(LedgerWatchTest, EveryCountIsAMetric) {
  Ledger::Stats stats;
  stats.kept = 1;
  stats.repeated = 2;
  stats.refused = 3;
  stats.missing = 4;
  stats.errors = 5;
  stats.failing_for = absl::Seconds(6);
  RoutingCounters routing;
  routing.usage_counts_cut = 7;
  ops::MetricPage page;
  AddLedgerMetrics(stats, routing, page);
  const std::string text = page.Text();
  for (const char* line :
       {"weir_ledger_batches_total{result=\"kept\"} 1\n",
        "weir_ledger_batches_total{result=\"repeated\"} 2\n",
        "weir_ledger_batches_total{result=\"refused\"} 3\n",
        "weir_ledger_missing_batches_total 4\n", "weir_ledger_errors_total 5\n",
        "weir_ledger_failing_seconds 6\n",
        "weir_ledger_misfits_total{kind=\"count\"} 7\n"}) {
    EXPECT_THAT(text, HasSubstr(line));
  }
}

}  // namespace
}  // namespace weir::controlplane
