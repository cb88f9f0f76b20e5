#include "dataplane/attempt/retry_hint.h"

#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "dataplane/attempt/wire_duration.h"
#include "gtest/gtest.h"
#include "tests/dataplane/attempt/parsed_answer.h"

namespace weir::dataplane {
namespace {

// 2027-01-15 08:00:00 UTC.
const absl::Time kWallNow = absl::FromUnixSeconds(1'800'000'000);

using Verdict = HintVerdict;

struct HintCase {
  std::string lines;
  Verdict verdict;
  std::optional<absl::Duration> want = {};
  std::string body = {};
};

void Expect(const std::vector<HintCase>& cases) {
  for (const HintCase& c : cases) {
    const testing::ParsedAnswer answer(429, c.lines);
    const RetryHint hint = ReadRetryHint(answer.head(), c.body, kWallNow);
    EXPECT_EQ(hint.wait, c.want) << c.lines << c.body;
    EXPECT_EQ(hint.verdict, c.verdict) << c.lines << c.body;
  }
}

TEST(RetryHintTest, HeadersOfAllKindsAreRead) {
  Expect({
      {"", Verdict::kNone},
      {"Retry-After: 3\r\n", Verdict::kUsed, absl::Seconds(3)},
      {"Retry-After: 1.5\r\n", Verdict::kUsed, absl::Milliseconds(1500)},
      {"Retry-After-Ms: 250\r\n", Verdict::kUsed, absl::Milliseconds(250)},
      {"x-ms-retry-after-ms: 250\r\n", Verdict::kUsed, absl::Milliseconds(250)},
      {"Retry-After: Fri, 15 Jan 2027 08:00:30 GMT\r\n", Verdict::kUsed,
       absl::Seconds(30)},
      // What is nearly now is a short wait, by whoever's clock.
      {"Retry-After: 0\r\n", Verdict::kUsed, absl::Milliseconds(100)},
      {"Retry-After: Fri, 15 Jan 2027 07:59:58 GMT\r\n", Verdict::kUsed,
       absl::Milliseconds(100)},
  });
}

TEST(RetryHintTest, TheFirstThatMakesSenseCounts) {
  Expect({
      {"Retry-After: 3\r\nretry-after-ms: 2500\r\n", Verdict::kUsed,
       absl::Milliseconds(2500)},
      {"Retry-After: 3\r\nretry-after-ms: soon\r\n", Verdict::kUsed,
       absl::Seconds(3)},
      {"Retry-After: 3\r\nretry-after-ms: -1\r\n", Verdict::kUsed,
       absl::Seconds(3)},
      {"Retry-After: soon\r\nx-ratelimit-remaining-requests: 0\r\n"
       "x-ratelimit-reset-requests: 12s\r\n",
       Verdict::kUsed, absl::Seconds(12)},
  });
}

TEST(RetryHintTest, NonsenseIsIgnoredAndSaid) {
  for (const std::string value :
       {"-3", "", "later", "inf", "nan", "3 seconds", "Fri, 15 Jan 2027",
        "2027-01-15T08:00:30Z", "Thu, 01 Jan 1970 00:00:00 GMT",
        "Fri, 15 Jan 2027 07:59:57 GMT"}) {
    Expect({{"Retry-After: " + value + "\r\n", Verdict::kIgnored}});
  }
  Expect({{"retry-after-ms: -1\r\n", Verdict::kIgnored},
          {"retry-after-ms: soon\r\n", Verdict::kIgnored}});
}

TEST(RetryHintTest, WhatIsTooLongIsCutAndSaid) {
  for (const std::string value :
       {"301", "3600", "1e300", "999999999999999999999",
        "Fri, 15 Jan 2029 08:00:00 GMT"}) {
    Expect({{"Retry-After: " + value + "\r\n", Verdict::kCapped,
             absl::Minutes(5)}});
  }
  Expect({{"Retry-After: 300\r\n", Verdict::kUsed, absl::Minutes(5)},
          {"retry-after-ms: 300001\r\n", Verdict::kCapped, absl::Minutes(5)}});
}

std::string RetryInfo(const std::string& delay) {
  return R"({"error":{"code":429,"status":"RESOURCE_EXHAUSTED","details":[)"
         R"({"@type":"type.googleapis.com/google.rpc.RetryInfo",)"
         R"("retryDelay": )" +
         delay + "}]}}";
}

TEST(RetryHintTest, GooglesRetryInfoIsReadFromTheBody) {
  Expect({
      {"", Verdict::kUsed, absl::Seconds(17), RetryInfo(R"("17s")")},
      {"", Verdict::kUsed, absl::Milliseconds(1250), RetryInfo(R"("1.25s")")},
      {"", Verdict::kCapped, absl::Minutes(5), RetryInfo(R"("36000s")")},
      {"", Verdict::kIgnored, std::nullopt, RetryInfo(R"("-3s")")},
      {"", Verdict::kIgnored, std::nullopt, RetryInfo(R"("soon")")},
      {"", Verdict::kNone, std::nullopt, RetryInfo("17")},
      {"", Verdict::kNone, std::nullopt, R"({"message":"\"retryDelay\""})"},
      {"", Verdict::kNone, std::nullopt, R"("retryDelay")"},
      // Headers are nearer.
      {"retry-after: 3\r\n", Verdict::kUsed, absl::Seconds(3),
       RetryInfo(R"("17s")")},
  });
}

TEST(RetryHintTest, AResetCountsForALimitThatIsUsedUp) {
  Expect({
      {"x-ratelimit-remaining-requests: 0\r\n"
       "x-ratelimit-reset-requests: 20ms\r\n",
       Verdict::kUsed, absl::Milliseconds(100)},
      {"x-ratelimit-remaining-requests: 3\r\n"
       "x-ratelimit-reset-requests: 12s\r\n",
       Verdict::kNone},
      // The sooner of two.
      {"x-ratelimit-remaining-requests: 0\r\n"
       "x-ratelimit-reset-requests: 12s\r\n"
       "x-ratelimit-remaining-tokens: 0\r\n"
       "x-ratelimit-reset-tokens: 6m0s\r\n",
       Verdict::kUsed, absl::Seconds(12)},
      {"x-ratelimit-remaining-tokens: 0\r\nx-ratelimit-reset-tokens: 6m0s\r\n",
       Verdict::kCapped, absl::Minutes(5)},
      {"x-ratelimit-remaining-tokens: 0\r\nx-ratelimit-reset-tokens: ?\r\n",
       Verdict::kIgnored},
      {"anthropic-ratelimit-input-tokens-remaining: 0\r\n"
       "anthropic-ratelimit-input-tokens-reset: 2027-01-15T08:00:40Z\r\n",
       Verdict::kUsed, absl::Seconds(40)},
      {"anthropic-ratelimit-requests-remaining: 0\r\n"
       "anthropic-ratelimit-requests-reset: 1970-01-01T00:00:00Z\r\n",
       Verdict::kIgnored},
  });
}

struct ResetCase {
  std::string text;
  std::optional<absl::Duration> want;
};

TEST(ParseResetTest, FollowsTheTable) {
  const std::vector<ResetCase> cases = {
      {"1s", absl::Seconds(1)},
      {"6m0s", absl::Minutes(6)},
      {"20ms", absl::Milliseconds(20)},
      {"1h2m3.5s", absl::Seconds(3723.5)},
      {"30", absl::Seconds(30)},
      {"0", absl::ZeroDuration()},
      // Seconds and milliseconds since 1970.
      {"1800000045", absl::Seconds(45)},
      {"1800000000500", absl::Milliseconds(500)},
      {"1700000000", std::nullopt},
      {"2027-01-15T08:01:00Z", absl::Minutes(1)},
      {"2027-01-15T09:01:00+01:00", absl::Minutes(1)},
      {"2026-01-15T08:01:00Z", std::nullopt},
      {"-1s", std::nullopt},
      {"-1", std::nullopt},
      {"inf", std::nullopt},
      {"nan", std::nullopt},
      {"", std::nullopt},
      {"soon", std::nullopt},
  };
  for (const ResetCase& c : cases) {
    EXPECT_EQ(ParseReset(c.text, kWallNow), c.want) << c.text;
  }
}

}  // namespace
}  // namespace weir::dataplane
