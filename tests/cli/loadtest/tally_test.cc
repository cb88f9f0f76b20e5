#include "cli/loadtest/tally.h"

#include <string>

#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace weir::loadtest {
namespace {

using ::testing::DoubleNear;
using ::testing::ElementsAre;

Fate WellDone(std::uint32_t output) {
  Fate fate;
  fate.attempts = 1;
  fate.first_token = absl::Milliseconds(50);
  fate.usage.fresh_input = 1000;
  fate.usage.output = output;
  return fate;
}

Fate Failing(const std::string& failure) {
  Fate fate;
  fate.fault = Fault::kGateway;
  fate.failure = failure;
  fate.attempts = 3;
  return fate;
}

LoadTarget PricedTarget() {
  return {"p", config::Price{.input = 2, .output = 8}};
}

TEST(TallyTest, NothingIsKnownOfNothing) {
  const auto row = Tally(PricedTarget()).Row();
  EXPECT_EQ(row.provider(), "p");
  EXPECT_FALSE(row.has_success_rate());
  EXPECT_FALSE(row.has_average_ms());
  EXPECT_FALSE(row.has_tokens_per_second());
  EXPECT_EQ(row.cost_usd(), 0);
  EXPECT_DOUBLE_EQ(row.cost_10m_usd(), 80);
}

// 1 to 100 ms: the histogram is within 1/64.
TEST(TallyTest, QuantilesAreOfThoseThatSucceeded) {
  Tally tally(PricedTarget());
  for (int ms = 1; ms <= 100; ++ms) {
    tally.Add(WellDone(10), absl::Milliseconds(ms));
  }
  tally.Add(Failing("slow"), absl::Seconds(60));
  const auto row = tally.Row();
  EXPECT_THAT(row.average_ms(), DoubleNear(50.5, 0.01));
  EXPECT_THAT(row.p50_ms(), DoubleNear(50, 1));
  EXPECT_THAT(row.p95_ms(), DoubleNear(95, 1.5));
  EXPECT_THAT(row.p99_ms(), DoubleNear(99, 1.6));
  EXPECT_THAT(row.first_token_average_ms(), DoubleNear(50, 0.01));
}

TEST(TallyTest, CountsAndCostsAreSums) {
  Tally tally(PricedTarget());
  tally.Add(WellDone(100), absl::Seconds(1));
  tally.Add(WellDone(300), absl::Seconds(3));
  tally.Add(Failing("HTTP 503"), absl::Seconds(1));
  const auto row = tally.Row();
  EXPECT_EQ(row.requests(), 3U);
  EXPECT_EQ(row.succeeded(), 2U);
  EXPECT_NEAR(row.success_rate(), 2.0 / 3, 1e-9);
  EXPECT_EQ(row.attempts(), 5U);
  EXPECT_EQ(row.input_tokens(), 2000U);
  EXPECT_EQ(row.output_tokens(), 400U);
  EXPECT_DOUBLE_EQ(row.tokens_per_second(), 100);
  EXPECT_DOUBLE_EQ(row.cost_usd(), (2000 * 2 + 400 * 8) / 1e6);
  EXPECT_DOUBLE_EQ(tally.cost_usd(), row.cost_usd());
}

TEST(TallyTest, WithoutAPriceNoCostIsKnown) {
  Tally tally({"p", std::nullopt});
  tally.Add(WellDone(100), absl::Seconds(1));
  EXPECT_FALSE(tally.Row().has_cost_usd());
  EXPECT_FALSE(tally.Row().has_cost_10m_usd());
}

TEST(TallyTest, FailuresComeByTheirNumber) {
  Tally tally(PricedTarget());
  tally.Add(Failing("rare"), absl::Seconds(1));
  tally.Add(Failing("often"), absl::Seconds(1));
  tally.Add(Failing("often"), absl::Seconds(1));
  EXPECT_THAT(tally.Failures(), ElementsAre("p: 2 x often", "p: 1 x rare"));
}

TEST(TallyTest, KindsOfFailuresAreBounded) {
  Tally tally(PricedTarget());
  for (int i = 0; i < 1000; ++i) {
    tally.Add(Failing(std::to_string(i)), absl::Seconds(1));
  }
  EXPECT_EQ(tally.Failures().size(), 21U);
  EXPECT_EQ(tally.Failures().front(), "p: 980 x other failures");
}

}  // namespace
}  // namespace weir::loadtest
