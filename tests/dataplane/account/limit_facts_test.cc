#include "dataplane/account/limit_facts.h"

#include <gtest/gtest.h>

#include <string>

#include "absl/time/time.h"

namespace weir::dataplane {
namespace {

std::string LinesOf(const LimitFacts& facts) {
  std::string lines;
  AppendLimits(facts, lines);
  return lines;
}

TEST(LimitFactsTest, NothingIsSaidOfWhatThereIsNot) {
  EXPECT_EQ(LinesOf({}), "");
}

TEST(LimitFactsTest, InOpenAisWords) {
  LimitFacts facts;
  facts.requests = {600, 99, absl::Milliseconds(120)};
  facts.tokens = {90'000, 0, absl::Seconds(90)};
  EXPECT_EQ(LinesOf(facts),
            "x-ratelimit-limit-requests: 600\r\n"
            "x-ratelimit-remaining-requests: 99\r\n"
            "x-ratelimit-reset-requests: 120ms\r\n"
            "x-ratelimit-limit-tokens: 90000\r\n"
            "x-ratelimit-remaining-tokens: 0\r\n"
            "x-ratelimit-reset-tokens: 1m30s\r\n");
}

TEST(LimitFactsTest, InAnthropicsWords) {
  LimitFacts facts;
  facts.form = LimitForm::kAnthropic;
  facts.requests = {600, 99, absl::Milliseconds(1200)};
  facts.now = absl::FromUnixSeconds(1'700'000'000);
  EXPECT_EQ(LinesOf(facts),
            "anthropic-ratelimit-requests-limit: 600\r\n"
            "anthropic-ratelimit-requests-remaining: 99\r\n"
            "anthropic-ratelimit-requests-reset: 2023-11-14T22:13:22Z\r\n");
}

struct ResetCase {
  std::string name;
  absl::Duration reset;
  std::string want;
};

class LimitResetTest : public ::testing::TestWithParam<ResetCase> {};

TEST_P(LimitResetTest, FollowsTheTable) {
  LimitFacts facts;
  facts.requests = {1, 0, GetParam().reset};
  EXPECT_EQ(LinesOf(facts),
            "x-ratelimit-limit-requests: 1\r\n"
            "x-ratelimit-remaining-requests: 0\r\n"
            "x-ratelimit-reset-requests: " +
                GetParam().want + "\r\n");
}

INSTANTIATE_TEST_SUITE_P(
    Table, LimitResetTest,
    ::testing::ValuesIn<ResetCase>({
        {"None", absl::ZeroDuration(), "0ms"},
        {"Upwards", absl::Microseconds(1), "1ms"},
        {"ASecond", absl::Seconds(1), "1s"},
        {"PartsOfASecond", absl::Milliseconds(1050), "1.05s"},
        {"Minutes", absl::Minutes(6), "6m0s"},
        {"Hours", absl::Hours(1) + absl::Seconds(2.5), "1h0m2.5s"},
    }),
    [](const auto& test) { return test.param.name; });

}  // namespace
}  // namespace weir::dataplane
