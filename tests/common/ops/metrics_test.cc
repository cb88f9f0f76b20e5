#include "common/ops/metrics.h"

#include <cstdint>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace weir::ops {
namespace {

TEST(MetricPageTest, EmptyPageIsEmptyText) {
  EXPECT_EQ(MetricPage().Text(), "");
}

TEST(MetricPageTest, GroupsSamplesByName) {
  MetricPage page;
  page.Counter("weir_requests_total", "Requests.", {{"model", "a"}}, 3);
  page.Gauge("weir_weight", "Share of requests.", {}, 0.25);
  page.Counter("weir_requests_total", "Ignored.", {{"model", "b"}}, 4);
  EXPECT_EQ(page.Text(),
            "# HELP weir_requests_total Requests.\n"
            "# TYPE weir_requests_total counter\n"
            "weir_requests_total{model=\"a\"} 3\n"
            "weir_requests_total{model=\"b\"} 4\n"
            "# HELP weir_weight Share of requests.\n"
            "# TYPE weir_weight gauge\n"
            "weir_weight 0.25\n");
}

TEST(MetricPageTest, LargeCountsKeepEveryDigit) {
  MetricPage page;
  page.Counter("weir_bytes_total", "Bytes.", {}, 123456789012345);
  EXPECT_THAT(page.Text(),
              ::testing::HasSubstr("weir_bytes_total 123456789012345\n"));
}

TEST(MetricPageTest, LabelValuesAreEscaped) {
  MetricPage page;
  page.Gauge("weir_up", "Up.", {{"provider", "a\"b\\c\nweir_up 1"}}, 1);
  EXPECT_THAT(page.Text(),
              ::testing::HasSubstr(
                  "weir_up{provider=\"a\\\"b\\\\c\\nweir_up 1\"} 1\n"));
}

TEST(MetricPageTest, HistogramsAddUp) {
  const std::vector<double> bounds = {0.1, 1};
  const std::vector<std::uint64_t> counts = {5, 0, 2};
  MetricPage page;
  page.Histogram("weir_seconds", "Latency.", {{"model", "a"}},
                 {bounds, counts, 7.5});
  EXPECT_EQ(page.Text(),
            "# HELP weir_seconds Latency.\n"
            "# TYPE weir_seconds histogram\n"
            "weir_seconds_count{model=\"a\"} 7\n"
            "weir_seconds_sum{model=\"a\"} 7.5\n"
            "weir_seconds_bucket{model=\"a\",le=\"0.1\"} 5\n"
            "weir_seconds_bucket{model=\"a\",le=\"1\"} 5\n"
            "weir_seconds_bucket{model=\"a\",le=\"+Inf\"} 7\n");
}

TEST(MetricPageTest, WhatThereIsNoRoomForIsLeftOutAndCounted) {
  const std::vector<double> bounds = {0.1};
  const std::vector<std::uint64_t> counts = {1, 0};
  MetricPage page(5);
  page.Counter("weir_a_total", "A.", {{"model", "m"}}, 1);
  // Two buckets, sum and count.
  page.Histogram("weir_seconds", "S.", {{"model", "m"}},
                 {bounds, counts, 0.05});
  page.Counter("weir_a_total", "A.", {{"model", "n"}}, 1);
  page.Histogram("weir_seconds", "S.", {{"model", "n"}},
                 {bounds, counts, 0.05});
  page.Gauge("weir_ready", "What has no labels always has room.", {}, 1);
  page.AddDropped();
  const std::string text = page.Text();
  EXPECT_THAT(text, ::testing::HasSubstr("weir_a_total{model=\"m\"} 1\n"));
  EXPECT_THAT(text, ::testing::HasSubstr("weir_seconds_count{model=\"m\"} 1"));
  EXPECT_THAT(text, ::testing::Not(::testing::HasSubstr("model=\"n\"")));
  EXPECT_THAT(text, ::testing::HasSubstr("weir_ready 1\n"));
  EXPECT_THAT(text, ::testing::HasSubstr("weir_metric_series_dropped 5\n"));
}

}  // namespace
}  // namespace weir::ops
