#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <optional>
#include <string>

#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "tests/fleet_limit/simulated_fleet.h"

namespace weir {
namespace {

// 100 a second.
constexpr std::uint64_t kRpm = 6000;
// In ten seconds.
constexpr double kAllowed = 1000;
constexpr absl::Duration kWindow = absl::Seconds(10);
// The bursts that buckets hold are used up, and demand is known.
constexpr absl::Duration kWarmUp = absl::Seconds(30);

enum class Spread { kEven, kNearlyAllAtOne };

void SetLoad(SimulatedFleet& fleet, std::size_t nodes, Spread spread,
             double rpm) {
  for (std::size_t i = 0; i < nodes; ++i) {
    double part = 1.0 / static_cast<double>(nodes);
    if (spread == Spread::kNearlyAllAtOne && nodes > 1) {
      part = i == 0 ? 0.9 : 0.1 / static_cast<double>(nodes - 1);
    }
    fleet.SetLoad(i, rpm * part);
  }
}

struct FleetLimitCase {
  std::string name;
  std::size_t nodes;
  Spread spread;
};

class FleetLimitTest : public ::testing::TestWithParam<FleetLimitCase> {
 protected:
  SimulatedFleet& MakeFleet(double load) {
    fleet_.emplace(GetParam().nodes, kRpm);
    SetLoad(*fleet_, GetParam().nodes, GetParam().spread, load);
    return *fleet_;
  }

 private:
  std::optional<SimulatedFleet> fleet_;
};

TEST_P(FleetLimitTest, ThreeTimesTheLimitIsCutToTheLimit) {
  SimulatedFleet& fleet = MakeFleet(3 * kRpm);
  fleet.Run(kWarmUp);
  for (int window = 0; window < 6; ++window) {
    EXPECT_NEAR(static_cast<double>(fleet.Run(kWindow).admitted), kAllowed,
                0.02 * kAllowed);
  }
}

TEST_P(FleetLimitTest, NobodyIsRefusedBelowTheLimit) {
  SimulatedFleet& fleet = MakeFleet(0.9 * kRpm);
  fleet.Run(kWarmUp);
  EXPECT_EQ(fleet.Run(absl::Minutes(1)).refused, 0);
}

TEST_P(FleetLimitTest, NobodyIsRefusedBecauseTheControlPlaneIsAway) {
  SimulatedFleet& fleet = MakeFleet(0.9 * kRpm);
  fleet.Run(kWarmUp);
  fleet.KillControlPlane();
  EXPECT_EQ(fleet.Run(absl::Minutes(5)).refused, 0);
}

TEST_P(FleetLimitTest, WithoutTheControlPlaneTheLimitHoldsUntilLoadMoves) {
  SimulatedFleet& fleet = MakeFleet(3 * kRpm);
  fleet.Run(kWarmUp);
  fleet.KillControlPlane();
  const auto tally = fleet.Run(kWindow);
  EXPECT_NEAR(static_cast<double>(tally.admitted), kAllowed, 0.02 * kAllowed);
  // An even part for the last, and what it had for the first: below twice the
  // limit, however many nodes there are and wherever the load goes.
  SetLoad(fleet, GetParam().nodes, Spread::kEven, 3 * kRpm);
  EXPECT_LT(static_cast<double>(fleet.Run(absl::Minutes(1)).admitted),
            2 * kRpm);
}

TEST_P(FleetLimitTest, ARestartOfTheControlPlaneIsNoBurst) {
  SimulatedFleet& fleet = MakeFleet(3 * kRpm);
  fleet.Run(kWarmUp);
  fleet.KillControlPlane();
  fleet.Run(absl::Seconds(3));
  fleet.StartControlPlane();
  EXPECT_NEAR(static_cast<double>(fleet.Run(kWindow).admitted), kAllowed,
              0.05 * kAllowed);
  EXPECT_NEAR(static_cast<double>(fleet.Run(kWindow).admitted), kAllowed,
              0.02 * kAllowed);
}

// Else the first to come would be told to take what the others still hold.
TEST_P(FleetLimitTest, NorIsOneToWhichNodesComeOneAfterTheOther) {
  SimulatedFleet& fleet = MakeFleet(3 * kRpm);
  fleet.Run(kWarmUp);
  fleet.KillControlPlane();
  fleet.Run(absl::Seconds(3));
  for (std::size_t node = 0; node < GetParam().nodes; ++node) {
    fleet.CutOff(node);
  }
  fleet.StartControlPlane();
  std::uint64_t admitted = 0;
  const absl::Duration gap = kWindow / (2 * GetParam().nodes);
  for (std::size_t node = 0; node < GetParam().nodes; ++node) {
    admitted += fleet.Run(gap).admitted;
    fleet.Reconnect(node);
  }
  admitted += fleet.Run(kWindow / 2).admitted;
  EXPECT_NEAR(static_cast<double>(admitted), kAllowed, 0.05 * kAllowed);
  EXPECT_NEAR(static_cast<double>(fleet.Run(kWindow).admitted), kAllowed,
              0.02 * kAllowed);
}

// What was saved up while little was asked comes on top once: ten seconds worth
// where all nodes were idle, and another at one that was told to take all.
TEST_P(FleetLimitTest, APauseIsFollowedByNoMoreThanBucketsHold) {
  SimulatedFleet& fleet = MakeFleet(0);
  fleet.Run(absl::Minutes(1));
  SetLoad(fleet, GetParam().nodes, GetParam().spread, 3 * kRpm);
  EXPECT_LE(static_cast<double>(fleet.Run(absl::Minutes(2)).admitted),
            2.02 * kRpm + kAllowed);
}

TEST_P(FleetLimitTest, NorIsOneThatOnlyOneNodeWorkedThrough) {
  SimulatedFleet& fleet = MakeFleet(0);
  fleet.SetLoad(0, 0.1 * kRpm);
  fleet.Run(absl::Minutes(1));
  SetLoad(fleet, GetParam().nodes, GetParam().spread, 30 * kRpm);
  const double admitted =
      static_cast<double>(fleet.Run(absl::Minutes(2)).admitted);
  std::printf("%s: %.0f beside the limit\n", GetParam().name.c_str(),
              admitted - 2 * kRpm);
  EXPECT_LE(admitted, 2.02 * kRpm + 2 * kAllowed);
}

INSTANTIATE_TEST_SUITE_P(Fleets, FleetLimitTest,
                         ::testing::ValuesIn<FleetLimitCase>({
                             {"One", 1, Spread::kEven},
                             {"FourEvenly", 4, Spread::kEven},
                             {"FourUnevenly", 4, Spread::kNearlyAllAtOne},
                             {"SixteenEvenly", 16, Spread::kEven},
                             {"SixteenUnevenly", 16, Spread::kNearlyAllAtOne},
                         }),
                         [](const auto& test) { return test.param.name; });

TEST(FleetLimitDeathTest, ADeadNodesShareIsNeitherGivenTwiceNorLost) {
  SimulatedFleet fleet(4, kRpm);
  SetLoad(fleet, 4, Spread::kEven, 3 * kRpm);
  fleet.Run(kWarmUp);
  fleet.KillNode(0);
  // Until its lease ends: three of four quarters.
  EXPECT_LE(static_cast<double>(fleet.Run(kWindow).admitted), 1.02 * kAllowed);
  fleet.Run(absl::Seconds(5));
  EXPECT_NEAR(static_cast<double>(fleet.Run(kWindow).admitted), kAllowed,
              0.02 * kAllowed);
}

struct PartitionCase {
  std::string name;
  std::size_t nodes;
  // Of them, the first so many are cut off.
  std::size_t cut;

  // Limits that all nodes together admit meanwhile, at most.
  double bound() const {
    return 1 + static_cast<double>(cut) / static_cast<double>(nodes);
  }
};

class FleetPartitionTest : public ::testing::TestWithParam<PartitionCase> {
 protected:
  FleetPartitionTest() : fleet_(GetParam().nodes, kRpm) {}

  // Evenly loaded, then cut.
  void Partition(double load) {
    SetLoad(fleet_, GetParam().nodes, Spread::kEven, load);
    fleet_.Run(kWarmUp);
    for (std::size_t i = 0; i < GetParam().cut; ++i) fleet_.CutOff(i);
  }
  void Heal() {
    for (std::size_t i = 0; i < GetParam().cut; ++i) fleet_.Reconnect(i);
  }
  double Admitted() {
    return static_cast<double>(fleet_.Run(kWindow).admitted) / kAllowed;
  }

  SimulatedFleet fleet_;
};

TEST_P(FleetPartitionTest, TheBoundHoldsWhileItLasts) {
  Partition(3 * kRpm);
  // The leases of those that are cut off are nobody else's until they end.
  EXPECT_LE(Admitted(), 1.02);
  for (int window = 0; window < 12; ++window) {
    const double admitted = Admitted();
    EXPECT_LE(admitted, GetParam().bound() * 1.02);
    EXPECT_GE(admitted, 0.98) << "the limit is there for somebody";
  }
}

TEST_P(FleetPartitionTest, NobodyIsRefusedBelowTheLimitOnEitherSide) {
  Partition(0.9 * kRpm);
  EXPECT_EQ(fleet_.Run(absl::Minutes(2)).refused, 0);
  Heal();
  EXPECT_EQ(fleet_.Run(absl::Minutes(1)).refused, 0);
}

// Half a second until those that are back are heard, and then no share is held
// twice.
TEST_P(FleetPartitionTest, WhoIsBackBringsNoSecondLimit) {
  Partition(3 * kRpm);
  fleet_.Run(absl::Minutes(1));
  Heal();
  EXPECT_LE(Admitted(), 1.15);
  for (int window = 0; window < 6; ++window) {
    EXPECT_NEAR(Admitted(), 1, 0.02);
  }
}

// A link that breaks each few seconds never leaves more than the bound.
TEST_P(FleetPartitionTest, ALinkThatFlapsKeepsTheBound) {
  Partition(3 * kRpm);
  for (int turn = 0; turn < 10; ++turn) {
    fleet_.Run(absl::Seconds(12));
    Heal();
    EXPECT_LE(Admitted(), GetParam().bound() * 1.02);
    for (std::size_t i = 0; i < GetParam().cut; ++i) fleet_.CutOff(i);
  }
}

INSTANTIATE_TEST_SUITE_P(Partitions, FleetPartitionTest,
                         ::testing::ValuesIn<PartitionCase>({
                             {"OneOfFour", 4, 1},
                             {"HalfOfFour", 4, 2},
                             {"AllOfFour", 4, 4},
                             {"OneOfSixteen", 16, 1},
                             {"MostOfSixteen", 16, 15},
                         }),
                         [](const auto& test) { return test.param.name; });

TEST(FleetLimitMoveTest, LoadThatMovesFindsItsShareInSeconds) {
  SimulatedFleet fleet(4, kRpm);
  fleet.SetLoad(0, 3 * kRpm);
  fleet.Run(kWarmUp);
  fleet.SetLoad(0, 0);
  fleet.SetLoad(1, 3 * kRpm);
  // What it takes before it is heard, and what the first leaves unused while
  // it is believed to want more: neither is much.
  EXPECT_NEAR(static_cast<double>(fleet.Run(kWindow).admitted), kAllowed,
              0.25 * kAllowed);
  EXPECT_NEAR(static_cast<double>(fleet.Run(kWindow).admitted), kAllowed,
              0.02 * kAllowed);
}

TEST(FleetLimitNewcomerTest, ANewNodeAddsABurstOfASecond) {
  SimulatedFleet fleet(4, kRpm);
  SetLoad(fleet, 4, Spread::kEven, 3 * kRpm);
  fleet.Run(kWarmUp);
  fleet.AddNode();
  fleet.SetLoad(4, kRpm);
  // 100 in its first second at most, before it is told its share.
  EXPECT_LE(static_cast<double>(fleet.Run(kWindow).admitted),
            1.02 * kAllowed + 100);
}

}  // namespace
}  // namespace weir
