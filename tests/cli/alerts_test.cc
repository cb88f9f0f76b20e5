#include <string>

#include "absl/time/time.h"
#include "cli/exit_code.h"
#include "tests/cli/weirctl_test.h"

namespace weir::cli {
namespace {

using ::testing::HasSubstr;

class AlertsTest : public ServedTest {
 protected:
  AlertsTest() {
    const std::int64_t now = absl::ToUnixSeconds(clock_.WallNow());
    admin::Alert& raised = *admin_.alerts_answer.add_alerts();
    raised.set_id("all_down:chat");
    raised.set_kind("all_down");
    raised.set_subject("chat");
    raised.set_severity("critical");
    raised.set_summary("none is usable");
    raised.mutable_raised_at()->set_seconds(now - 30);
    admin::AlertDelivery& pager = *raised.add_deliveries();
    pager.set_webhook("pager");
    pager.mutable_delivered_at()->set_seconds(now - 29);
    admin::AlertDelivery& away = *raised.add_deliveries();
    away.set_webhook("slack");
    away.set_last_error("HTTP 503");
    raised.add_deliveries()->set_webhook("ops");
    admin::Alert& resolved = *admin_.alerts_answer.add_alerts();
    resolved.set_kind("target_down");
    resolved.set_subject("relay/m");
    resolved.set_severity("warning");
    resolved.set_summary("relay/m is down");
    resolved.mutable_raised_at()->set_seconds(now - 7200);
    resolved.mutable_resolved_at()->set_seconds(now - 7140);
  }
};

TEST_F(AlertsTest, SaysWhatIsWrongForHowLongAndWhoKnows) {
  EXPECT_EQ(Weirctl({"alerts"}).out,
            "SEVERITY  KIND         SUBJECT   RAISED  LASTED  TOLD            "
            "                          SUMMARY\n"
            "critical  all_down     chat     30s ago     30s  pager, slack "
            "(HTTP 503), ops (under way)  none is usable\n"
            "resolved  target_down  relay/m   2h ago     60s  -               "
            "                          relay/m is down\n");
}

TEST_F(AlertsTest, JsonIsTheAnswer) {
  EXPECT_THAT(Weirctl({"alerts", "-o", "json"}).out,
              HasSubstr("\"id\": \"all_down:chat\""));
}

TEST_F(AlertsTest, NoneIsATableOfTitles) {
  admin_.alerts_answer.Clear();
  const Outcome outcome = Weirctl({"alerts"});
  EXPECT_EQ(outcome.exit_code, kOk);
  EXPECT_THAT(outcome.out, HasSubstr("SEVERITY"));
}

TEST_F(AlertsTest, AWatchHasALineForEachTurn) {
  admin::WatchAlertsResponse before;
  *before.mutable_alerts() = admin_.alerts_answer.alerts();
  admin::WatchAlertsResponse after = before;
  after.mutable_alerts(0)->mutable_resolved_at()->set_seconds(1'700'000'007);
  admin_.watched_alerts = {before, before, after};
  // The one that was resolved long ago is no news.
  EXPECT_EQ(Weirctl({"alerts", "--watch"}).out,
            "2023-11-14 22:12:50 UTC  critical  all_down  none is usable\n"
            "2023-11-14 22:13:27 UTC  resolved  all_down  none is usable\n");
}

}  // namespace
}  // namespace weir::cli
