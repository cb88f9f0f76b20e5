#include "controlplane/alert_metrics.h"

#include <string>

#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace weir::controlplane {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

std::string Page(const AlertMetricsInput& input) {
  ops::MetricPage page;
  AddAlertMetrics(input, page);
  return page.Text();
}

TEST(AlertMetricsTest, OnlyRaisedAlertsAreActive) {
  const std::string page =
      Page({{{.id = "panic:a", .kind = "panic", .subject = "a"},
             {.id = "panic:b",
              .kind = "panic",
              .subject = "b",
              .resolved_at = absl::UnixEpoch()}},
            {{"panic", 2}},
            {}});
  EXPECT_THAT(page,
              HasSubstr("weir_alert_active{kind=\"panic\",subject=\"a\"} 1"));
  EXPECT_THAT(page, Not(HasSubstr("subject=\"b\"")));
  EXPECT_THAT(page, HasSubstr("weir_alerts_total{kind=\"panic\"} 2"));
  EXPECT_THAT(page, HasSubstr("weir_alerts_total{kind=\"all_down\"} 0"));
}

TEST(AlertMetricsTest, DeliveriesAreCountedByWhatCameOfThem) {
  const std::string page = Page({{}, {}, {{"ops", {4, 3, 2, 1}}}});
  for (const char* sample :
       {"result=\"delivered\"} 4", "result=\"retried\"} 3",
        "result=\"refused\"} 2", "result=\"given_up\"} 1"}) {
    EXPECT_THAT(page, HasSubstr(std::string("weir_webhook_deliveries_total{"
                                            "webhook=\"ops\",") +
                                sample));
  }
}

}  // namespace
}  // namespace weir::controlplane
