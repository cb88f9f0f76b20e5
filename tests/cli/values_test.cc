#include "cli/values.h"

#include <limits>
#include <string>

#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "weir/config/v1/model.pb.h"

namespace weir::cli {
namespace {

TEST(MillisecondsTest, HasAsManyDigitsAsMatter) {
  EXPECT_EQ(Milliseconds(0), "0.0 ms");
  EXPECT_EQ(Milliseconds(3.14159), "3.1 ms");
  EXPECT_EQ(Milliseconds(320.4), "320 ms");
  EXPECT_EQ(Milliseconds(1250), "1.25 s");
  EXPECT_EQ(Milliseconds(125000), "125.00 s");
}

TEST(PercentTest, IsOfOne) {
  EXPECT_EQ(Percent(0), "0.0 %");
  EXPECT_EQ(Percent(0.9951), "99.5 %");
  EXPECT_EQ(Percent(1), "100.0 %");
}

TEST(NumberTest, TakesTheLargest) {
  EXPECT_EQ(Number(1.0 / 3, 3), "0.333");
  EXPECT_EQ(Number(std::numeric_limits<double>::max(), 3).size(), 313);
}

struct AgeCase {
  absl::Duration age;
  std::string want;
};

class AgeTest : public ::testing::TestWithParam<AgeCase> {};

TEST_P(AgeTest, IsInTheLargestUnitThatSaysEnough) {
  EXPECT_EQ(Age(GetParam().age), GetParam().want);
}

INSTANTIATE_TEST_SUITE_P(Table, AgeTest,
                         ::testing::ValuesIn<AgeCase>({
                             {absl::ZeroDuration(), "0s"},
                             {absl::Milliseconds(1999), "1s"},
                             {absl::Seconds(119), "119s"},
                             {absl::Seconds(120), "2m"},
                             {absl::Minutes(119), "119m"},
                             {absl::Minutes(120), "2h"},
                             {absl::Hours(47), "47h"},
                             {absl::Hours(48), "2d"},
                             // Clocks of two machines.
                             {-absl::Seconds(3), "0s"},
                         }));

TEST(TextTest, IsAsInAFileAndKnowsNewerServers) {
  EXPECT_EQ(Text(routing::v1::TARGET_STATE_AUTO_DISABLED), "auto_disabled");
  EXPECT_EQ(Text(static_cast<routing::v1::TargetState>(99)), "99");
}

TEST(StateCellTest, RedIsForWhatGetsNoTraffic) {
  EXPECT_EQ(StateCell(routing::v1::TARGET_STATE_HEALTHY).color, Color::kGreen);
  EXPECT_EQ(StateCell(routing::v1::TARGET_STATE_UNKNOWN).color, Color::kYellow);
  EXPECT_EQ(StateCell(routing::v1::TARGET_STATE_UNHEALTHY).color, Color::kRed);
  EXPECT_EQ(StateCell(routing::v1::TARGET_STATE_NO_CREDENTIAL).color,
            Color::kRed);
  EXPECT_EQ(StateCell(routing::v1::TARGET_STATE_DISABLED).color, Color::kNone);
}

TEST(ModeCellTest, UnspecifiedIsEnabled) {
  EXPECT_EQ(ModeCell(config::v1::MODE_UNSPECIFIED).text, "enabled");
  EXPECT_EQ(ModeCell(config::v1::MODE_DRAINING).text, "draining");
}

TEST(VersionTextTest, NoVersionIsEmpty) {
  routing::v1::Version version;
  EXPECT_EQ(VersionText(version), "");
  version.set_epoch(2);
  version.set_sequence(17);
  EXPECT_EQ(VersionText(version), "2.17");
}

TEST(JoinTest, SeparatesByCommas) {
  config::v1::Model model;
  EXPECT_EQ(Join(model.aliases()), "");
  model.add_aliases("a");
  model.add_aliases("b");
  EXPECT_EQ(Join(model.aliases()), "a, b");
}

}  // namespace
}  // namespace weir::cli
