// Limits of which an even part is less than a request: nodes ask for each.
#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "tests/fleet_limit/simulated_fleet.h"

namespace weir {
namespace {

constexpr std::uint64_t kTenRpm = 10;
constexpr std::uint64_t kThreePlaces = 3;
// Every node has been told of the others.
constexpr absl::Duration kAcquainted = absl::Seconds(15);

class SmallLimitTest : public ::testing::TestWithParam<std::size_t> {
 protected:
  SimulatedFleet Fleet(const SimulatedLimit& limit) const {
    return {GetParam(), limit};
  }
  static void Offer(double rpm, SimulatedFleet& fleet) {
    for (std::size_t i = 0; i < GetParam(); ++i) {
      fleet.SetLoad(i, rpm / static_cast<double>(GetParam()));
    }
  }
};

// In ten minutes 100, whoever asks.
TEST_P(SmallLimitTest, ThreeTimesARateIsCutToTheRate) {
  SimulatedFleet fleet = Fleet({.rpm = kTenRpm});
  Offer(3 * kTenRpm, fleet);
  fleet.Run(absl::Minutes(2));
  EXPECT_NEAR(static_cast<double>(fleet.Run(absl::Minutes(10)).admitted), 100,
              2);
}

TEST_P(SmallLimitTest, BelowARateNobodyIsRefusedWhereverTheRequestsCome) {
  SimulatedFleet fleet = Fleet({.rpm = kTenRpm});
  fleet.Run(kAcquainted);
  std::uint64_t refused = 0;
  // Nine a minute, each at another node; shares would be of half a request.
  for (std::size_t i = 0; i < 90; ++i) {
    fleet.Send(5 * i % GetParam());
    refused += fleet.Run(absl::Seconds(60.0 / 9)).refused;
  }
  EXPECT_EQ(refused, 0);
}

// What the buckets of one node and of sixteen hold after a pause is the same.
TEST_P(SmallLimitTest, AllAtOnceAreNoMoreThanABucketHolds) {
  SimulatedFleet fleet = Fleet({.rpm = kTenRpm});
  fleet.Run(absl::Minutes(2));
  for (std::size_t i = 0; i < 16; ++i) fleet.Send(i % GetParam());
  const auto tally = fleet.Run(absl::Seconds(1));
  EXPECT_GE(tally.admitted, 1);
  EXPECT_LE(tally.admitted, 2);
  EXPECT_EQ(tally.admitted + tally.refused, 16);
}

TEST_P(SmallLimitTest, NobodyIsRefusedARateBecauseTheControlPlaneIsAway) {
  SimulatedFleet fleet = Fleet({.rpm = kTenRpm});
  Offer(0.8 * kTenRpm, fleet);
  fleet.Run(absl::Minutes(2));
  fleet.KillControlPlane();
  EXPECT_EQ(fleet.Run(absl::Minutes(10)).refused, 0);
}

// As of every limit: what shares let through, or even parts.
TEST_P(SmallLimitTest, WithoutTheControlPlaneARateHasABound) {
  SimulatedFleet fleet = Fleet({.rpm = kTenRpm});
  Offer(3 * kTenRpm, fleet);
  fleet.Run(absl::Minutes(2));
  fleet.KillControlPlane();
  EXPECT_LE(fleet.Run(absl::Minutes(10)).admitted, 2 * 100);
}

TEST_P(SmallLimitTest, ARestartOfTheControlPlaneGrantsNothingTwice) {
  SimulatedFleet fleet = Fleet({.rpm = kTenRpm});
  Offer(3 * kTenRpm, fleet);
  fleet.Run(absl::Minutes(2));
  fleet.StartControlPlane();
  // The one that its bucket begins with, and what nodes may until it has heard
  // them.
  EXPECT_LE(fleet.Run(absl::Minutes(10)).admitted, 101 + GetParam());
}

TEST_P(SmallLimitTest, PlacesAreNeverMoreThanThereAre) {
  SimulatedFleet fleet = Fleet({.concurrent = kThreePlaces});
  fleet.Run(kAcquainted);
  Offer(3 * 60.0 * kThreePlaces, fleet);
  const auto tally = fleet.Run(absl::Minutes(2));
  EXPECT_LE(tally.peak, kThreePlaces);
  // Each is free for half a second on average before the control plane hears
  // of it and somebody asks.
  EXPECT_GE(tally.admitted, 0.55 * 120 * kThreePlaces);
}

TEST_P(SmallLimitTest, NobodyIsRefusedAPlaceThatIsFree) {
  SimulatedFleet fleet = Fleet({.concurrent = kThreePlaces});
  fleet.Run(kAcquainted);
  std::uint64_t refused = 0;
  // One in flight, and none known to be for half a second after its end.
  for (std::size_t i = 0; i < 60; ++i) {
    fleet.Send(5 * i % GetParam());
    refused += fleet.Run(absl::Seconds(1)).refused;
  }
  EXPECT_EQ(refused, 0);
}

TEST_P(SmallLimitTest, WithoutTheControlPlaneEachNodeHasAPlace) {
  SimulatedFleet fleet = Fleet({.concurrent = kThreePlaces});
  fleet.Run(kAcquainted);
  fleet.KillControlPlane();
  std::uint64_t refused = 0;
  for (std::size_t i = 0; i < 30; ++i) {
    fleet.Send(5 * i % GetParam());
    refused += fleet.Run(absl::Seconds(1)).refused;
  }
  EXPECT_EQ(refused, 0);
  Offer(3 * 60.0 * kThreePlaces, fleet);
  EXPECT_LE(fleet.Run(absl::Minutes(1)).peak, kThreePlaces + GetParam());
}

INSTANTIATE_TEST_SUITE_P(Nodes, SmallLimitTest, ::testing::Values(1, 4, 16),
                         [](const auto& test) {
                           return std::to_string(test.param) + "Nodes";
                         });

}  // namespace
}  // namespace weir
