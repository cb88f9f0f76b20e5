#include "controlplane/rollout/wave_plan.h"

#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace weir::controlplane {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using Answer = WaveNode::Answer;

constexpr absl::Duration kSettle = absl::Seconds(3);
constexpr absl::Duration kPatience = absl::Seconds(15);
const absl::Time kStart = absl::FromUnixSeconds(1'000'000);

std::string NodeName(std::size_t index) {
  return "node-" + std::string(index < 10 ? "0" : "") + std::to_string(index);
}

// `took` nodes run the version, since long, and `others` don't; nobody carries
// traffic.
std::vector<WaveNode> FleetOf(std::size_t took, std::size_t others) {
  std::vector<WaveNode> nodes;
  for (std::size_t i = 0; i < took + others; ++i) {
    WaveNode node{.id = NodeId{NodeName(i)}};
    if (i < took) {
      node.answer = Answer::kTook;
      node.given_at = node.took_at = kStart - absl::Hours(1);
    }
    nodes.push_back(std::move(node));
  }
  return nodes;
}

WaveStep Step(const std::vector<WaveNode>& nodes, bool everybody = false) {
  return NextStep(nodes, everybody, {.settle = kSettle, .patience = kPatience},
                  kStart);
}

std::size_t NewOnes(const WaveStep& step) {
  const Advance* advance = std::get_if<Advance>(&step);
  return advance == nullptr ? 0 : advance->nodes.size();
}

bool IsHalt(const WaveStep& step) { return std::holds_alternative<Halt>(step); }

struct SizeCase {
  std::string name;
  std::size_t have;
  std::size_t others;
  std::size_t more;
  bool everybody;
};

std::ostream& operator<<(std::ostream& out, const SizeCase& c) {
  return out << c.name;
}

class WaveSizeTest : public ::testing::TestWithParam<SizeCase> {};

TEST_P(WaveSizeTest, FollowsTheTable) {
  const WaveStep step = Step(FleetOf(GetParam().have, GetParam().others));
  ASSERT_TRUE(std::holds_alternative<Advance>(step));
  EXPECT_EQ(std::get<Advance>(step).nodes.size(), GetParam().more);
  EXPECT_EQ(std::get<Advance>(step).everybody, GetParam().everybody);
}

INSTANTIATE_TEST_SUITE_P(Table, WaveSizeTest,
                         ::testing::ValuesIn<SizeCase>({
                             {"TheOnlyNode", 0, 1, 1, true},
                             {"OneOfTwo", 0, 2, 1, false},
                             {"TheOtherOfTwo", 1, 1, 1, true},
                             {"OneOfThree", 0, 3, 1, false},
                             {"TheRestOfThree", 1, 2, 2, true},
                             {"ThenAQuarterOfSix", 1, 5, 1, false},
                             {"TheRestOfSix", 2, 4, 4, true},
                             {"ThenAQuarterOfTwenty", 1, 19, 4, false},
                             {"FivePercentOfAHundred", 1, 99, 4, false},
                             {"ThenAQuarterOfAHundred", 5, 95, 20, false},
                             {"TheRestOfAHundred", 25, 75, 75, true},
                             {"NobodyLeft", 3, 0, 0, true},
                         }),
                         [](const auto& test) { return test.param.name; });

TEST(WavePlanTest, WithoutNodesItIsDone) {
  EXPECT_EQ(Step({}), WaveStep(Complete{}));
}

TEST(WavePlanTest, WhenAllHaveItItIsDone) {
  EXPECT_EQ(Step(FleetOf(3, 0), true), WaveStep(Complete{}));
}

TEST(WavePlanTest, TheFirstCarriesTrafficAndIsWell) {
  std::vector<WaveNode> nodes = FleetOf(0, 6);
  nodes[0].before = {};
  nodes[1].before.answers = nodes[2].before.answers = 10;
  nodes[3].before.answers = nodes[4].before.answers = 100;
  nodes[1].ill = true;
  nodes[2].draining = true;
  EXPECT_THAT(std::get<Advance>(Step(nodes)).nodes,
              ElementsAre(NodeId{"node-03"}));
}

TEST(WavePlanTest, WithoutTrafficTheFirstIsTheFirstByName) {
  EXPECT_THAT(std::get<Advance>(Step(FleetOf(0, 6))).nodes,
              ElementsAre(NodeId{"node-00"}));
}

TEST(WavePlanTest, AWaveWaitsForItsAnswers) {
  std::vector<WaveNode> nodes = FleetOf(1, 5);
  nodes[0].answer = Answer::kWaiting;
  nodes[0].given_at = kStart - absl::Seconds(14);
  EXPECT_EQ(Step(nodes), WaveStep(Wait{}));
}

TEST(WavePlanTest, WithoutTrafficThereIsNothingToWatch) {
  std::vector<WaveNode> nodes = FleetOf(1, 5);
  nodes[0].took_at = kStart;
  EXPECT_EQ(NewOnes(Step(nodes)), 1U);
}

TEST(WavePlanTest, WithTrafficItSettlesFirst) {
  std::vector<WaveNode> nodes = FleetOf(1, 5);
  nodes[0].before.answers = 100;
  nodes[0].took_at = kStart - kSettle + absl::Milliseconds(1);
  EXPECT_EQ(Step(nodes), WaveStep(Wait{}));
  nodes[0].took_at = kStart - kSettle;
  EXPECT_EQ(Step(nodes), WaveStep(Wait{})) << "no report covers it yet";
  nodes[0].reported_at = kStart;
  EXPECT_EQ(NewOnes(Step(nodes)), 1U);
}

TEST(WavePlanTest, AReportThatDoesNotComeIsNotWaitedForForEver) {
  std::vector<WaveNode> nodes = FleetOf(1, 5);
  nodes[0].before.answers = 100;
  nodes[0].took_at = kStart - kSettle - kPatience;
  EXPECT_EQ(NewOnes(Step(nodes)), 1U);
}

TEST(WavePlanTest, OneRefusalHalts) {
  std::vector<WaveNode> nodes = FleetOf(50, 50);
  nodes[7].answer = Answer::kRefused;
  nodes[7].refusal = "providers[0]: no";
  const WaveStep step = Step(nodes);
  ASSERT_TRUE(IsHalt(step));
  EXPECT_EQ(std::get<Halt>(step).reason,
            "node node-07 refuses it: providers[0]: no");
}

TEST(WavePlanTest, OfTwoHundredTwoMayRefuse) {
  std::vector<WaveNode> nodes = FleetOf(200, 300);
  nodes[0].answer = nodes[1].answer = Answer::kRefused;
  EXPECT_FALSE(IsHalt(Step(nodes)));
  nodes[2].answer = Answer::kRefused;
  EXPECT_TRUE(IsHalt(Step(nodes)));
}

TEST(WavePlanTest, WhoWasIllBeforeDoesNotHalt) {
  std::vector<WaveNode> nodes = FleetOf(3, 0);
  nodes[1].answer = Answer::kRefused;
  nodes[1].ill = true;
  EXPECT_EQ(Step(nodes, true), WaveStep(Complete{}));
}

TEST(WavePlanTest, ASilentCanaryIsReplacedOnce) {
  std::vector<WaveNode> nodes = FleetOf(2, 4);
  nodes[0].answer = Answer::kWaiting;
  nodes[0].given_at = kStart - kPatience;
  nodes[1].answer = Answer::kNotGiven;
  EXPECT_THAT(std::get<Advance>(Step(nodes)).nodes,
              ElementsAre(NodeId{"node-01"}));
  nodes[1].answer = Answer::kWaiting;
  nodes[1].given_at = kStart - kPatience;
  const WaveStep step = Step(nodes);
  ASSERT_TRUE(IsHalt(step));
  EXPECT_THAT(std::get<Halt>(step).reason, HasSubstr("node-00, node-01"));
}

TEST(WavePlanTest, NodesThatBeginAnewAreMissing) {
  std::vector<WaveNode> nodes = FleetOf(2, 4);
  nodes[0].restarted = nodes[1].restarted = true;
  EXPECT_TRUE(IsHalt(Step(nodes)));
}

TEST(WavePlanTest, ANodeThatIsAwayIsWaitedForAndThenMissing) {
  std::vector<WaveNode> nodes = FleetOf(2, 18);
  nodes[1].connected = false;
  nodes[1].gone_at = kStart - kPatience + absl::Milliseconds(1);
  EXPECT_EQ(Step(nodes), WaveStep(Wait{}));
  nodes[1].gone_at = kStart - kPatience;
  EXPECT_GT(NewOnes(Step(nodes)), 0U);
}

TEST(WavePlanTest, WhoDrainedAndWentIsNotMissed) {
  std::vector<WaveNode> nodes = FleetOf(5, 15);
  for (int i = 1; i < 5; ++i) {
    nodes[i].connected = false;
    nodes[i].draining = true;
    nodes[i].gone_at = kStart;
  }
  // A quarter of the 16 that are left; one of them has it.
  EXPECT_EQ(NewOnes(Step(nodes)), 3U);
}

TEST(WavePlanTest, MoreErrorsThanElsewhereHalt) {
  std::vector<WaveNode> nodes = FleetOf(1, 5);
  nodes[0].before = {.answers = 100};
  nodes[0].since = {.answers = 20, .failed_answers = 20};
  nodes[0].took_at = kStart;
  for (int i = 1; i < 6; ++i) nodes[i].since = {.answers = 20};
  const WaveStep step = Step(nodes);
  ASSERT_TRUE(IsHalt(step)) << "at once: it does not get better by waiting";
  EXPECT_THAT(std::get<Halt>(step).reason, HasSubstr("20 of 20 answers"));
  for (int i = 1; i < 6; ++i) nodes[i].since.failed_answers = 20;
  EXPECT_FALSE(IsHalt(Step(nodes))) << "a provider's outage is everywhere";
}

TEST(WavePlanTest, TheLastWaveSettlesToo) {
  std::vector<WaveNode> nodes = FleetOf(3, 0);
  nodes[2].before.answers = 100;
  nodes[2].took_at = kStart;
  EXPECT_EQ(Step(nodes, true), WaveStep(Wait{}));
  nodes[2].since = {.answers = 50, .failed_answers = 50};
  EXPECT_TRUE(IsHalt(Step(nodes, true)));
}

}  // namespace
}  // namespace weir::controlplane
