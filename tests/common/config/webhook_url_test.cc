#include "common/config/webhook_url.h"

#include <string>

#include "gtest/gtest.h"
#include "tests/testing/status_matchers.h"

namespace weir::config {
namespace {

using ::weir::testing::IsOk;
using ::weir::testing::StatusIs;

struct TargetCase {
  std::string name;
  std::string url;
  std::string host;
  std::string target;
};

class WebhookUrlTest : public ::testing::TestWithParam<TargetCase> {};

TEST_P(WebhookUrlTest, FollowsTheTable) {
  const auto parsed = ParseWebhookUrl(GetParam().url);
  ASSERT_THAT(parsed, IsOk());
  EXPECT_EQ(parsed->url.HostHeader(), GetParam().host);
  EXPECT_EQ(parsed->target, GetParam().target);
}

INSTANTIATE_TEST_SUITE_P(
    Table, WebhookUrlTest,
    ::testing::ValuesIn<TargetCase>({
        {"PagerDuty", "https://events.pagerduty.com/v2/enqueue",
         "events.pagerduty.com", "/v2/enqueue"},
        {"Root", "http://127.0.0.1:9000", "127.0.0.1:9000", "/"},
        {"SlashAtTheEnd", "https://a.example/in/", "a.example", "/in/"},
        {"Query", "https://chat.example/v1/messages?key=a%2Fb&token=c",
         "chat.example", "/v1/messages?key=a%2Fb&token=c"},
        {"QueryAtTheRoot", "https://a.example?key=a", "a.example", "/?key=a"},
    }),
    [](const auto& test) { return test.param.name; });

class BadWebhookUrlTest : public ::testing::TestWithParam<std::string> {};

TEST_P(BadWebhookUrlTest, IsRefused) {
  EXPECT_THAT(ParseWebhookUrl(GetParam()),
              StatusIs(absl::StatusCode::kInvalidArgument));
}

INSTANTIATE_TEST_SUITE_P(Table, BadWebhookUrlTest,
                         ::testing::Values("", "ftp://a.example/",
                                           "https://user:pw@a.example/",
                                           "https://a.example/?a b",
                                           "https://a.example/?a\r\nHost: b",
                                           "https://a.example/?a#b",
                                           "https://a.example/?" +
                                               std::string(2048, 'a')));

}  // namespace
}  // namespace weir::config
