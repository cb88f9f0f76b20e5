#include "cli/load_text.h"

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace weir::cli {
namespace {

using ::testing::AllOf;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::StartsWith;

v1::ProviderLoad& AddLoad(const std::string& provider, double p50, double p95,
                          double p99, v1::LoadTest& test) {
  v1::ProviderLoad& row = *test.add_providers();
  row.set_provider(provider);
  row.set_requests(100);
  row.set_success_rate(1);
  row.set_p50_ms(p50);
  row.set_p95_ms(p95);
  row.set_p99_ms(p99);
  return row;
}

// Ten columns of bars: 40 ms each.
TEST(LatencyChartTest, BarsAreOnOneScale) {
  v1::LoadTest test;
  AddLoad("fast", 40, 80, 120, test);
  AddLoad("slower", 200, 320, 400, test);
  EXPECT_EQ(LatencyChart(test, 28),
            "fast    \u2588\u2592\u2591  120 ms\n"
            "slower  \u2588\u2588\u2588\u2588\u2588\u2592\u2592\u2592\u2591"
            "\u2591  400 ms\n");
}

TEST(LatencyChartTest, WhatIsShortIsSeen) {
  v1::LoadTest test;
  AddLoad("a", 1, 1, 1, test);
  AddLoad("b", 1000, 1000, 1000, test);
  EXPECT_THAT(LatencyChart(test, 10), StartsWith("a  \u2588  1.0 ms\n"));
}

TEST(LatencyChartTest, WhoDidNotAnswerHasNoBar) {
  v1::LoadTest test;
  AddLoad("a", 10, 10, 10, test);
  test.add_providers()->set_provider("dead");
  EXPECT_THAT(LatencyChart(test, 40), EndsWith("\ndead\n"));
}

TEST(LatencyChartTest, NobodyIsNoChart) {
  v1::LoadTest test;
  EXPECT_EQ(LatencyChart(test, 40), "");
  test.add_providers()->set_provider("dead");
  EXPECT_EQ(LatencyChart(test, 40), "");
}

TEST(LoadTextTest, ProvidersStandSideBySide) {
  v1::LoadTest test;
  v1::ProviderLoad& row = AddLoad("p1", 200, 300, 400, test);
  row.set_average_ms(210);
  row.set_first_token_average_ms(55);
  row.set_tokens_per_second(80.4);
  row.set_output_tokens(12'345);
  row.set_cost_usd(0.0987);
  row.set_cost_10m_usd(80);
  test.add_providers()->set_provider("p2");
  test.add_notes("p2: 3 x HTTP 503");
  const std::string text = LoadText(test, Paint::kPlain, 80);
  EXPECT_THAT(
      text,
      AllOf(StartsWith("PROVIDER  REQUESTS       OK  AVERAGE     P50     P95"),
            HasSubstr("\np1             100  100.0 %   210 ms  200 ms  300 ms  "
                      "400 ms        55 ms        80   12.3k  $0.0987   "
                      "$80.00\n"),
            HasSubstr("unknown"), EndsWith("\np2: 3 x HTTP 503\n")));
}

TEST(LoadTextTest, FailuresAreRed) {
  v1::LoadTest test;
  AddLoad("p1", 1, 1, 1, test).set_success_rate(0.5);
  EXPECT_THAT(LoadText(test, Paint::kColors, 80),
              HasSubstr("\x1b[31m50.0 %\x1b[0m"));
}

TEST(LoadVerdictTest, WhoAnsweredNothingIsNamed) {
  const auto test = [](const std::vector<std::uint64_t>& succeeded) {
    v1::LoadTest message;
    for (const std::uint64_t count : succeeded) {
      v1::ProviderLoad& row = *message.add_providers();
      row.set_provider("p" + std::to_string(message.providers_size()));
      row.set_requests(count == 0 ? 0 : 100);
      row.set_succeeded(count);
    }
    return message;
  };
  EXPECT_TRUE(LoadVerdict(test({100, 1})).ok());
  EXPECT_EQ(LoadVerdict(test({100, 0})),
            absl::FailedPreconditionError("no request succeeded at p2"));
  EXPECT_EQ(LoadVerdict(test({0, 1, 0})),
            absl::FailedPreconditionError("no request succeeded at p1, p3"));
}

}  // namespace
}  // namespace weir::cli
