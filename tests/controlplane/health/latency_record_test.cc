#include "controlplane/health/latency_record.h"

#include <deque>
#include <map>
#include <optional>
#include <string>

#include "absl/time/time.h"
#include "common/latency_sketch.h"
#include "controlplane/health/evidence.h"
#include "gtest/gtest.h"

namespace weir::controlplane {
namespace {

constexpr ProbeStrength kContact = ProbeStrength::kContact;
constexpr ProbeStrength kService = ProbeStrength::kService;

// A sketch's bucket is 10 % wide, so that its middle is within 5 %.
constexpr double kBucket = 0.05;

class LatencyRecordTest : public ::testing::Test {
 protected:
  void Traffic(const std::string& region, absl::Duration latency) {
    LatencySketch sketch;
    sketch.Add(latency);
    record_.AddTraffic(region, sketch, now_);
  }
  double AverageMs() const {
    return absl::ToDoubleMilliseconds(*record_.Average(now_));
  }

  LatencyRecord record_;
  absl::Time now_ = absl::FromUnixSeconds(1000);
};

TEST_F(LatencyRecordTest, NothingIsKnownAtFirst) {
  EXPECT_EQ(record_.Average(now_), std::nullopt);
  EXPECT_TRUE(record_.ByRegion(now_).empty());
  EXPECT_TRUE(record_.latest().empty());
}

TEST_F(LatencyRecordTest, AnAverageIsSevenTenthsOldAndThreeTenthsNew) {
  record_.AddProbe(kService, absl::Milliseconds(100), now_);
  record_.AddProbe(kService, absl::Milliseconds(200), now_);
  EXPECT_EQ(record_.Average(now_), absl::Milliseconds(130));
}

TEST_F(LatencyRecordTest, NodesSpeakForAMinuteAndChatProbesAfterThat) {
  record_.AddProbe(kService, absl::Milliseconds(100), now_);
  Traffic("", absl::Milliseconds(800));
  record_.AddProbe(kService, absl::Milliseconds(100), now_);
  EXPECT_NEAR(AverageMs(), 800, 800 * kBucket);
  now_ += absl::Seconds(61);
  EXPECT_EQ(record_.Average(now_), absl::Milliseconds(100));
}

TEST_F(LatencyRecordTest, CheapProbesGiveWayForGood) {
  record_.AddProbe(kContact, absl::Milliseconds(2), now_);
  EXPECT_EQ(record_.Average(now_), absl::Milliseconds(2));
  Traffic("", absl::Milliseconds(800));
  now_ += absl::Hours(1);
  record_.AddProbe(kContact, absl::Milliseconds(2), now_);
  EXPECT_NEAR(AverageMs(), 800, 800 * kBucket);
}

TEST_F(LatencyRecordTest, RegionsAreMeasuredApartAndForgottenAfterAMinute) {
  Traffic("eu", absl::Milliseconds(100));
  now_ += absl::Seconds(40);
  Traffic("us", absl::Milliseconds(400));
  std::map<std::string, absl::Duration> regions = record_.ByRegion(now_);
  ASSERT_EQ(regions.size(), 2u);
  EXPECT_NEAR(absl::ToDoubleMilliseconds(regions["eu"]), 100, 5);
  EXPECT_NEAR(absl::ToDoubleMilliseconds(regions["us"]), 400, 20);
  EXPECT_NEAR(AverageMs(), 0.7 * 100 + 0.3 * 400, 20);
  now_ += absl::Seconds(40);
  regions = record_.ByRegion(now_);
  EXPECT_EQ(regions.size(), 1u);
  EXPECT_TRUE(regions.contains("us"));
}

TEST_F(LatencyRecordTest, TheLastTenAreKeptNewestFirst) {
  for (int i = 1; i <= 12; ++i) {
    record_.AddProbe(kService, absl::Milliseconds(i), now_);
  }
  ASSERT_EQ(record_.latest().size(), 10u);
  EXPECT_EQ(record_.latest().front(), absl::Milliseconds(12));
  EXPECT_EQ(record_.latest().back(), absl::Milliseconds(3));
}

TEST_F(LatencyRecordTest, WhatSaysLessIsNotKeptBesideWhatSaysMore) {
  record_.AddProbe(kContact, absl::Milliseconds(2), now_);
  EXPECT_EQ(record_.latest().size(), 1u);
  record_.AddProbe(kService, absl::Milliseconds(300), now_);
  record_.AddProbe(kContact, absl::Milliseconds(2), now_);
  EXPECT_EQ(record_.latest(), std::deque{absl::Milliseconds(300)});
  EXPECT_EQ(record_.Recent(now_).count(), 1u);
}

// Far from eu, near to us: neither is slower than it usually is.
TEST_F(LatencyRecordTest, ADistantRegionIsNoBrownOut) {
  for (int second = 0; second < 30; ++second) {
    Traffic("eu", absl::Milliseconds(30));
    Traffic("us", absl::Milliseconds(600));
    now_ += absl::Seconds(1);
  }
  EXPECT_EQ(record_.BrownOutFactor(now_), 1);
}

TEST_F(LatencyRecordTest, WhatIsSlowFromEverywhereIsABrownOut) {
  for (int second = 0; second < 60; ++second) {
    const bool slow = second >= 50;
    Traffic("eu", absl::Milliseconds(slow ? 2000 : 100));
    Traffic("us", absl::Milliseconds(slow ? 4000 : 200));
    now_ += absl::Seconds(1);
  }
  // After ten slow seconds the average is 0.7^10 short of 20 times, the usual
  // ten times a 600th above what it was: 4 * 1.3 / 19.5 = 0.267, squared.
  EXPECT_NEAR(record_.BrownOutFactor(now_), 0.071, 0.01);
}

TEST_F(LatencyRecordTest, ProbesTellOfABrownOutWhereNobodyElseDoes) {
  EXPECT_EQ(record_.BrownOutFactor(now_), 1);
  for (int second = 0; second < 60; ++second) {
    const bool slow = second >= 50;
    record_.AddProbe(kService, absl::Milliseconds(slow ? 2000 : 100), now_);
    now_ += absl::Seconds(1);
  }
  EXPECT_NEAR(record_.BrownOutFactor(now_), 0.071, 0.01);
}

TEST_F(LatencyRecordTest, AnEmptySketchIsNoNews) {
  record_.AddTraffic("eu", LatencySketch(), now_);
  EXPECT_EQ(record_.Average(now_), std::nullopt);
  EXPECT_TRUE(record_.ByRegion(now_).empty());
}

}  // namespace
}  // namespace weir::controlplane
