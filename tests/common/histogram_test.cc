#include "common/histogram.h"

#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>

namespace weir {
namespace {

using Nanoseconds = Histogram::Nanoseconds;
using std::chrono::hours;
using std::chrono::microseconds;

TEST(HistogramTest, AnEmptyOneKnowsNothing) {
  const Histogram histogram;
  EXPECT_EQ(histogram.count(), 0U);
  EXPECT_EQ(histogram.Max(), std::nullopt);
  EXPECT_EQ(histogram.Mean(), std::nullopt);
  EXPECT_EQ(histogram.Quantile(0.5), std::nullopt);
}

TEST(HistogramTest, OneValueIsEveryQuantile) {
  Histogram histogram;
  histogram.Record(Nanoseconds(12'345));
  for (const double share : {0.001, 0.5, 1.0}) {
    EXPECT_EQ(histogram.Quantile(share), Nanoseconds(12'345)) << share;
  }
  EXPECT_EQ(histogram.Max(), Nanoseconds(12'345));
  EXPECT_EQ(histogram.Mean(), Nanoseconds(12'345));
}

TEST(HistogramTest, SmallValuesAreExact) {
  Histogram histogram;
  for (int ns = 0; ns < 100; ++ns) histogram.Record(Nanoseconds(ns));
  EXPECT_EQ(histogram.Quantile(0.5), Nanoseconds(49));
  EXPECT_EQ(histogram.Quantile(0.99), Nanoseconds(98));
  EXPECT_EQ(histogram.Quantile(1.0), Nanoseconds(99));
}

// A quantile is never below the truth and at most 1/64 above.
TEST(HistogramTest, EveryMagnitudeKeepsItsPrecision) {
  for (std::uint64_t ns = 1; ns < 3'000'000'000'000; ns = ns * 17 / 16 + 1) {
    Histogram histogram;
    histogram.Record(Nanoseconds(ns));
    histogram.Record(hours(1));
    const auto seen =
        static_cast<std::uint64_t>(histogram.Quantile(0.5)->count());
    EXPECT_GE(seen, ns);
    EXPECT_LE(seen, ns + ns / 64);
  }
}

TEST(HistogramTest, WhatIsLongerThanAnHourCountsAsOne) {
  Histogram histogram;
  histogram.Record(hours(5));
  EXPECT_EQ(histogram.Max(), Nanoseconds(hours(1)));
}

TEST(HistogramTest, TheTailShowsOnlyWhereItIs) {
  Histogram histogram;
  for (int i = 0; i < 999; ++i) histogram.Record(microseconds(100));
  histogram.Record(microseconds(900'000));
  EXPECT_LT(*histogram.Quantile(0.99), microseconds(102));
  EXPECT_LT(*histogram.Quantile(0.999), microseconds(102));
  EXPECT_EQ(histogram.Quantile(1.0), microseconds(900'000));
}

}  // namespace
}  // namespace weir
