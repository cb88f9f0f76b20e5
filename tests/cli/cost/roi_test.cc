#include "cli/cost/roi.h"

#include <limits>
#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/cli/cost/price_list.h"
#include "tests/testing/status_matchers.h"

namespace weir::cost {
namespace {

using ::testing::StartsWith;
using ::weir::testing::IsOk;
using ::weir::testing::StatusIs;

cli::v1::MonthlyMix Mix(const std::string& model) {
  cli::v1::MonthlyMix mix;
  cli::v1::MonthlyPart& part = *mix.add_requests();
  part.set_model(model);
  part.set_requests_per_day(10'000);
  part.set_tokens_per_request(1000);
  part.set_input_share(0.75);
  return mix;
}

auto Month(const cli::v1::MonthlyMix& mix) {
  return CostOfMonth(mix, PriceListOfFour(), absl::UnixEpoch());
}

// 10 M tokens a day are 300 M a month: 225 M in for 540, 75 M out for 600.
TEST(RoiTest, AMonthHasThirtyDays) {
  const auto month = Month(Mix("gpt-4.1"));
  ASSERT_THAT(month, IsOk());
  EXPECT_DOUBLE_EQ(month->total().cost_usd(), 1140);
  EXPECT_EQ(month->total().requests(), 300'000U);
  EXPECT_EQ(month->total().fresh_input(), 225'000'000U);
  EXPECT_EQ(month->total().output(), 75'000'000U);
}

// DeepSeek: 22.50 + 31.50.
TEST(RoiTest, PartsAddUp) {
  cli::v1::MonthlyMix mix = Mix("gpt-4.1");
  mix.MergeFrom(Mix("deepseek-v3.2"));
  const auto month = Month(mix);
  ASSERT_THAT(month, IsOk());
  ASSERT_EQ(month->rows_size(), 2);
  EXPECT_DOUBLE_EQ(month->rows(1).cost_usd(), 54);
  EXPECT_DOUBLE_EQ(month->total().cost_usd(), 1194);
}

TEST(RoiTest, ThreeQuartersGoInUnlessItIsSaid) {
  cli::v1::MonthlyMix mix = Mix("gpt-4.1");
  mix.mutable_requests(0)->clear_input_share();
  EXPECT_DOUBLE_EQ(Month(mix)->total().cost_usd(), 1140);
  mix.mutable_requests(0)->set_input_share(0);
  EXPECT_DOUBLE_EQ(Month(mix)->total().cost_usd(), 2400);
}

TEST(RoiTest, TheLargestMixDoesNoHarm) {
  cli::v1::MonthlyMix mix = Mix("gpt-4.1");
  mix.mutable_requests(0)->set_requests_per_day(1e12);
  mix.mutable_requests(0)->set_tokens_per_request(1e8);
  EXPECT_THAT(Month(mix), IsOk());
}

TEST(RoiTest, WhatMakesNoSenseIsNamed) {
  const auto expect = [](const char* start, auto change) {
    cli::v1::MonthlyMix mix = Mix("gpt-4.1");
    change(*mix.mutable_requests(0));
    EXPECT_THAT(Month(mix), StatusIs(absl::StatusCode::kInvalidArgument,
                                     StartsWith(start)));
  };
  EXPECT_THAT(Month({}), StatusIs(absl::StatusCode::kInvalidArgument,
                                  StartsWith("requests: are missing")));
  expect("requests[0].model: is missing", [](auto& p) { p.clear_model(); });
  expect("requests[0].model: no price is known for \"o9\"",
         [](auto& p) { p.set_model("o9"); });
  expect("requests[0].requests_per_day: is out of range",
         [](auto& p) { p.set_requests_per_day(-1); });
  expect("requests[0].tokens_per_request: is out of range", [](auto& p) {
    p.set_tokens_per_request(std::numeric_limits<double>::quiet_NaN());
  });
  expect("requests[0].input_share: is out of range",
         [](auto& p) { p.set_input_share(1.5); });
}

}  // namespace
}  // namespace weir::cost
