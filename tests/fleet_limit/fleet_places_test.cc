// Requests in flight at a provider, over all nodes.
#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "tests/fleet_limit/simulated_fleet.h"

namespace weir {
namespace {

constexpr std::uint32_t kPlaces = 64;
// So many requests of a second each are in flight at this rate.
constexpr double kFullRpm = 60.0 * kPlaces;
constexpr absl::Duration kSettling = absl::Seconds(30);
constexpr absl::Duration kTenSeconds = absl::Seconds(10);

enum class Load { kEven, kNearlyAllAtOne };

struct PlacesCase {
  std::string name;
  std::size_t nodes;
  Load load;
};

class FleetPlacesTest : public ::testing::TestWithParam<PlacesCase> {
 protected:
  FleetPlacesTest()
      : fleet_(GetParam().nodes, SimulatedLimit{.max_concurrent = kPlaces}) {}

  void Offer(double rpm, Load load) {
    const auto nodes = static_cast<double>(GetParam().nodes);
    for (std::size_t i = 0; i < GetParam().nodes; ++i) {
      double part = 1 / nodes;
      if (load == Load::kNearlyAllAtOne && nodes > 1) {
        part = i == 0 ? 0.9 : 0.1 / (nodes - 1);
      }
      fleet_.SetLoad(i, rpm * part);
    }
  }
  void Offer(double rpm) { Offer(rpm, GetParam().load); }

  SimulatedFleet fleet_;
};

TEST_P(FleetPlacesTest, NoMoreAreInFlightThanThereArePlacesAndFewAreIdle) {
  Offer(3 * kFullRpm);
  fleet_.Run(kSettling);
  for (int window = 0; window < 6; ++window) {
    const auto tally = fleet_.Run(kTenSeconds);
    EXPECT_LE(tally.peak, kPlaces);
    EXPECT_GE(tally.admitted, 0.85 * 10 * kPlaces);
  }
}

TEST_P(FleetPlacesTest, NobodyIsRefusedWhileThereArePlaces) {
  Offer(0.6 * kFullRpm);
  fleet_.Run(kSettling);
  EXPECT_EQ(fleet_.Run(absl::Minutes(1)).refused, 0);
}

TEST_P(FleetPlacesTest, NobodyIsRefusedBecauseTheControlPlaneIsAway) {
  Offer(0.6 * kFullRpm);
  fleet_.Run(kSettling);
  fleet_.KillControlPlane();
  EXPECT_EQ(fleet_.Run(absl::Minutes(5)).refused, 0);
}

// What it had for the first, an even part for the others.
TEST_P(FleetPlacesTest, WithoutTheControlPlaneTheyAreLessThanTwice) {
  Offer(3 * kFullRpm);
  fleet_.Run(kSettling);
  fleet_.KillControlPlane();
  // As long as leases hold.
  EXPECT_LE(fleet_.Run(absl::Seconds(7)).peak, kPlaces);
  Offer(3 * kFullRpm, Load::kEven);
  EXPECT_LT(fleet_.Run(absl::Minutes(1)).peak, 2 * kPlaces);
}

TEST_P(FleetPlacesTest, ARestartToWhichNodesComeOneAfterTheOtherAddsNone) {
  Offer(3 * kFullRpm);
  fleet_.Run(kSettling);
  for (std::size_t node = 0; node < GetParam().nodes; ++node) {
    fleet_.CutOff(node);
  }
  fleet_.StartControlPlane();
  const absl::Duration gap = absl::Seconds(6) / GetParam().nodes;
  for (std::size_t node = 0; node < GetParam().nodes; ++node) {
    EXPECT_LE(fleet_.Run(gap).peak, kPlaces);
    fleet_.Reconnect(node);
  }
  EXPECT_LE(fleet_.Run(kTenSeconds).peak, kPlaces);
  EXPECT_GE(fleet_.Run(kTenSeconds).admitted, 0.85 * 10 * kPlaces);
}

INSTANTIATE_TEST_SUITE_P(Fleets, FleetPlacesTest,
                         ::testing::ValuesIn<PlacesCase>({
                             {"One", 1, Load::kEven},
                             {"FourEvenly", 4, Load::kEven},
                             {"FourUnevenly", 4, Load::kNearlyAllAtOne},
                             {"SixteenEvenly", 16, Load::kEven},
                             {"SixteenUnevenly", 16, Load::kNearlyAllAtOne},
                         }),
                         [](const auto& test) { return test.param.name; });

TEST(FleetPlacesDeathTest, ADeadNodesPlacesAreFreeWhenItsLeaseEnds) {
  SimulatedFleet fleet(4, SimulatedLimit{.max_concurrent = kPlaces});
  for (std::size_t i = 0; i < 4; ++i) fleet.SetLoad(i, kFullRpm);
  fleet.Run(kSettling);
  fleet.KillNode(0);
  // A quarter of them is nobody's.
  EXPECT_LE(fleet.Run(absl::Seconds(9)).peak, kPlaces);
  fleet.Run(absl::Seconds(5));
  EXPECT_GE(fleet.Run(kTenSeconds).admitted, 0.85 * 10 * kPlaces);
}

TEST(FleetPlacesMoveTest, PlacesFollowTheLoad) {
  SimulatedFleet fleet(4, SimulatedLimit{.max_concurrent = kPlaces});
  fleet.SetLoad(0, 3 * kFullRpm);
  fleet.Run(kSettling);
  fleet.SetLoad(0, 0);
  fleet.SetLoad(1, 3 * kFullRpm);
  // Those of the first end while the second begins with its even part, which it
  // has without a lease.
  EXPECT_LE(fleet.Run(kTenSeconds).peak, kPlaces + kPlaces / 4);
  const auto settled = fleet.Run(kTenSeconds);
  EXPECT_LE(settled.peak, kPlaces);
  EXPECT_GE(settled.admitted, 0.85 * 10 * kPlaces);
}

}  // namespace
}  // namespace weir
