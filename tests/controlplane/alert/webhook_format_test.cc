#include "controlplane/alert/webhook_format.h"

#include <string>

#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace weir::controlplane {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
namespace v1 = config::v1;

Alert Raised() {
  return {.id = "all_down:gpt-4.1",
          .kind = "all_down",
          .subject = "gpt-4.1",
          .summary = "\"all\" <down> & out",
          .severity = Severity::kCritical,
          .raised_at = absl::FromUnixMillis(1'700'000'000'250)};
}

Alert Resolved() {
  Alert alert = Raised();
  alert.resolved_at = alert.raised_at + absl::Milliseconds(125'900);
  return alert;
}

TEST(WebhookFormatTest, JsonHasTheAlertsFields) {
  EXPECT_EQ(WebhookBody(v1::WEBHOOK_FORMAT_JSON, Raised(), ""),
            R"({"id":"all_down:gpt-4.1","kind":"all_down","subject":"gpt-4.1",)"
            R"("summary":"\"all\" <down> & out","severity":"critical",)"
            R"("raised_at":"2023-11-14T22:13:20.250Z"})");
  EXPECT_THAT(WebhookBody(v1::WEBHOOK_FORMAT_UNSPECIFIED, Resolved(), ""),
              HasSubstr(R"(,"resolved_at":"2023-11-14T22:15:26.150Z"})"));
}

TEST(WebhookFormatTest, SlackIsATextWithItsThreeCharactersEscaped) {
  EXPECT_EQ(
      WebhookBody(v1::WEBHOOK_FORMAT_SLACK, Raised(), ""),
      R"({"text":"[critical] all_down: \"all\" &lt;down&gt; &amp; out"})");
  EXPECT_EQ(WebhookBody(v1::WEBHOOK_FORMAT_SLACK, Resolved(), ""),
            R"({"text":"[resolved after 2m5s] all_down: )"
            R"(\"all\" &lt;down&gt; &amp; out"})");
}

TEST(WebhookFormatTest, PagerDutyTriggersAndResolvesByTheSameKey) {
  EXPECT_EQ(WebhookBody(v1::WEBHOOK_FORMAT_PAGERDUTY, Raised(), "R0UT"),
            R"({"routing_key":"R0UT","event_action":"trigger",)"
            R"("dedup_key":"all_down:gpt-4.1","client":"weir",)"
            R"("payload":{"summary":"\"all\" <down> & out",)"
            R"("source":"gpt-4.1","severity":"critical",)"
            R"("timestamp":"2023-11-14T22:13:20.250Z","class":"all_down"}})");
  EXPECT_EQ(WebhookBody(v1::WEBHOOK_FORMAT_PAGERDUTY, Resolved(), "R0UT"),
            R"({"routing_key":"R0UT","event_action":"resolve",)"
            R"("dedup_key":"all_down:gpt-4.1"})");
}

TEST(WebhookFormatTest, PagerDutysLimitsAreKept) {
  Alert alert = Raised();
  // Two bytes each: the limit falls between letters.
  alert.summary.clear();
  for (int i = 0; i < 600; ++i) alert.summary += "\xC3\xA9";
  alert.id = "all_down:" + std::string(300, 'x');
  const std::string raised =
      WebhookBody(v1::WEBHOOK_FORMAT_PAGERDUTY, alert, "R");
  EXPECT_THAT(raised, HasSubstr("\"" + alert.summary.substr(0, 1024) + "\""));
  EXPECT_THAT(raised, Not(HasSubstr("xxx")));
  const std::size_t key = raised.find("\"dedup_key\":\"");
  alert.resolved_at = alert.raised_at;
  EXPECT_EQ(
      WebhookBody(v1::WEBHOOK_FORMAT_PAGERDUTY, alert, "R").substr(key, 80),
      raised.substr(key, 80));
}

TEST(WebhookFormatTest, OnlyPagerDutyGetsTheRoutingKey) {
  for (const v1::WebhookFormat format :
       {v1::WEBHOOK_FORMAT_JSON, v1::WEBHOOK_FORMAT_SLACK}) {
    EXPECT_THAT(WebhookBody(format, Raised(), "R0UT"), Not(HasSubstr("R0UT")));
  }
}

}  // namespace
}  // namespace weir::controlplane
