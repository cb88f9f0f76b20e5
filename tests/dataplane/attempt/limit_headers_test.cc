#include "dataplane/attempt/limit_headers.h"

#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "tests/dataplane/attempt/parsed_answer.h"

namespace weir::dataplane {
namespace {

const absl::Time kHeadersReadAt = absl::FromUnixSeconds(1'800'000'000);

LimitHeaders Read(const std::string& lines) {
  return ReadLimits(testing::ParsedAnswer(200, lines).head(), kHeadersReadAt);
}

struct LeftCase {
  std::string lines;
  std::optional<double> left = {};
  std::optional<absl::Duration> reset = {};
};

TEST(ReadLimitsTest, TheLeastThatIsLeftCounts) {
  const std::vector<LeftCase> cases = {
      {""},
      {"x-ratelimit-limit-requests: 100\r\n"
       "x-ratelimit-remaining-requests: 25\r\n",
       0.25},
      {"X-RateLimit-Limit-Requests: 100\r\n"
       "X-RateLimit-Remaining-Requests: 25\r\n"
       "X-RateLimit-Reset-Requests: 6m0s\r\n",
       0.25, absl::Minutes(6)},
      {"x-ratelimit-limit-requests: 100\r\n"
       "x-ratelimit-remaining-requests: 50\r\n"
       "x-ratelimit-reset-requests: 1s\r\n"
       "x-ratelimit-limit-tokens: 1000\r\n"
       "x-ratelimit-remaining-tokens: 100\r\n"
       "x-ratelimit-reset-tokens: 20ms\r\n",
       0.1, absl::Milliseconds(20)},
      // Without a kind, and one of a project.
      {"x-ratelimit-limit: 10\r\nx-ratelimit-remaining: 5\r\n", 0.5},
      {"x-ratelimit-limit-project-tokens: 10\r\n"
       "x-ratelimit-remaining-project-tokens: 1\r\n",
       0.1},
      {"anthropic-ratelimit-output-tokens-limit: 80\r\n"
       "anthropic-ratelimit-output-tokens-remaining: 20\r\n"
       "anthropic-ratelimit-output-tokens-reset: 2027-01-15T08:00:30Z\r\n",
       0.25, absl::Seconds(30)},
      // The order of headers is the provider's.
      {"x-ratelimit-remaining-requests: 0\r\n"
       "x-ratelimit-limit-requests: 100\r\n",
       0.0},
      // More than all is all.
      {"x-ratelimit-limit: 10\r\nx-ratelimit-remaining: 11\r\n", 1.0},
  };
  for (const LeftCase& c : cases) {
    const LimitHeaders limits = Read(c.lines);
    EXPECT_EQ(limits.left, c.left) << c.lines;
    EXPECT_EQ(limits.reset, c.reset) << c.lines;
  }
}

TEST(ReadLimitsTest, WhatIsNotKnownCountsForNothing) {
  for (const std::string lines :
       {"x-ratelimit-remaining: 0\r\n", "x-ratelimit-limit: 10\r\n",
        "x-ratelimit-limit: 0\r\nx-ratelimit-remaining: 0\r\n",
        "x-ratelimit-limit: -1\r\nx-ratelimit-remaining: -1\r\n",
        "x-ratelimit-limit: many\r\nx-ratelimit-remaining: 1\r\n",
        "x-ratelimit-limit: 10\r\nx-ratelimit-remaining: nan\r\n",
        "x-ratelimit-limit: 10\r\nx-ratelimit-remaining: -5\r\n",
        "x-ratelimit-limit-a: 10\r\nx-ratelimit-remaining-b: 1\r\n",
        "x-ratelimit-policy: 10\r\nx-ratelimit-limited: 1\r\n",
        "anthropic-ratelimit-limit: 10\r\n", "ratelimit-remaining: 0\r\n"}) {
    EXPECT_EQ(Read(lines).left, std::nullopt) << lines;
  }
}

TEST(ReadLimitsTest, WhatIsUsedUpIsKnownWithoutItsLimit) {
  EXPECT_TRUE(Read("x-ratelimit-remaining-tokens: 0\r\n").used_up);
  // Azure's "unknown".
  EXPECT_FALSE(Read("x-ratelimit-limit-tokens: 0\r\n"
                    "x-ratelimit-remaining-tokens: 0\r\n")
                   .used_up);
  EXPECT_FALSE(Read("x-ratelimit-remaining-tokens: 1\r\n").used_up);
}

TEST(ReadLimitsTest, KindsBeyondEightAreLeftOut) {
  std::string lines;
  for (int i = 0; i < 20; ++i) {
    const std::string kind = "-k" + std::to_string(i);
    lines += "x-ratelimit-limit" + kind + ": 100\r\n";
    lines +=
        "x-ratelimit-remaining" + kind + ": " + std::to_string(50 - i) + "\r\n";
  }
  EXPECT_EQ(Read(lines).left, 0.43);
}

}  // namespace
}  // namespace weir::dataplane
