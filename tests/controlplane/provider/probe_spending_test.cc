#include "controlplane/provider/probe_spending.h"

#include <optional>

#include "absl/time/time.h"
#include "gtest/gtest.h"

namespace weir::controlplane {
namespace {

// One second before a midnight, UTC.
const absl::Time kEvening = absl::FromUnixSeconds(20'000 * 86'400 - 1);

TEST(ProbeSpendingTest, AddsUpUntilMidnight) {
  ProbeSpending spending;
  spending.Add(0.25, kEvening);
  spending.Add(0.5, kEvening);
  EXPECT_EQ(spending.At(kEvening), (ProbeSpending::Today{19'999, 2, 0.75}));
  const absl::Time morning = kEvening + absl::Seconds(1);
  EXPECT_EQ(spending.At(morning), (ProbeSpending::Today{20'000, 0, 0}));
  spending.Add(0.125, morning);
  EXPECT_EQ(spending.At(morning), (ProbeSpending::Today{20'000, 1, 0.125}));
}

TEST(ProbeSpendingTest, WhatNobodyKnowsIsAProbeAllTheSame) {
  ProbeSpending spending;
  spending.Add(std::nullopt, kEvening);
  EXPECT_EQ(spending.At(kEvening), (ProbeSpending::Today{19'999, 1, 0}));
}

TEST(ProbeSpendingTest, AnEarlierLifesSpendingCountsOnItsDay) {
  ProbeSpending spending;
  spending.Restore({19'999, 7, 0.5});
  EXPECT_EQ(spending.At(kEvening).probes, 7u);
  EXPECT_EQ(spending.At(kEvening + absl::Seconds(1)).probes, 0u);
}

}  // namespace
}  // namespace weir::controlplane
