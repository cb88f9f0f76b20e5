// Where the requests of a conversation go.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "common/config/effective.h"
#include "common/stable_hash.h"
#include "dataplane/plan/plan.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/dataplane/plan/plan_fixture.h"

namespace weir::dataplane {
namespace {

using ::testing::ElementsAre;

// Conversations that requests belong to, one after the other.
std::uint64_t Conversation(std::uint64_t number) {
  return StableHash(number, 0);
}

class AffinityPlanTest : public PlanTest {
 protected:
  void Tied(const Targets& targets) {
    Model(targets);
    routing_.config->models[0].affinity =
        config::Affinity{config::v1::AFFINITY_KEY_SESSION, 1.25};
    for (TargetEntry& target : routing_.config->targets) {
      target.affinity_seed = StableHash(target.id.value);
    }
  }
  std::vector<std::string> NamesFor(std::uint64_t number, double random = 0) {
    request_.conversation.by_session = Conversation(number);
    return Names(random);
  }
};

TEST_F(AffinityPlanTest, AConversationGoesToOneTargetWhateverTheChance) {
  Tied({{"a", 0.5}, {"b", 0.3}, {"c", 0.2}});
  Picks picks;
  for (std::uint64_t number = 0; number < 1000; ++number) {
    const std::vector<std::string> names = NamesFor(number, 0.1);
    EXPECT_EQ(NamesFor(number, 0.9), names);
    EXPECT_TRUE(Make().by_affinity);
    ++picks[names.at(0)];
  }
  // Three standard deviations of 1000: 47.
  EXPECT_NEAR(picks["a"], 500, 47);
  EXPECT_NEAR(picks["b"], 300, 47);
  EXPECT_NEAR(picks["c"], 200, 47);
}

TEST_F(AffinityPlanTest, TheSecondCandidateIsWhereItGoesWhenTheFirstIsOut) {
  Tied({{"a", 0.5}, {"b", 0.3}, {"c", 0.2}});
  std::map<std::uint64_t, std::vector<std::string>> before;
  for (std::uint64_t i = 0; i < 200; ++i) before[i] = NamesFor(i);
  Open(0);
  for (std::uint64_t i = 0; i < 200; ++i) {
    std::vector<std::string> left = before[i];
    left.erase(std::find(left.begin(), left.end(), "a"));
    EXPECT_EQ(NamesFor(i), left);
  }
}

TEST_F(AffinityPlanTest, WithoutAConversationChanceDecides) {
  Tied({{"a", 0.5}, {"b", 0.5}});
  EXPECT_EQ(FirstPicks(), (Picks{{"a", 500}, {"b", 500}}));
  EXPECT_FALSE(Make().by_affinity);
}

TEST_F(AffinityPlanTest, WithoutAffinityAConversationIsNothing) {
  Model({{"a", 0.5}, {"b", 0.5}});
  request_.conversation.by_session = Conversation(1);
  EXPECT_EQ(FirstPicks(), (Picks{{"a", 500}, {"b", 500}}));
}

TEST_F(AffinityPlanTest, ByPrefixTheSessionIsNothing) {
  Tied({{"a", 0.5}, {"b", 0.5}});
  routing_.config->models[0].affinity->by = config::v1::AFFINITY_KEY_PREFIX;
  request_.conversation.by_session = Conversation(1);
  EXPECT_FALSE(Make().by_affinity);
  request_.conversation.by_prefix = Conversation(1);
  EXPECT_TRUE(Make().by_affinity);
}

TEST_F(AffinityPlanTest, AnOverloadedTargetGivesWayToTheNext) {
  Tied({{"a", 0.5}, {"b", 0.5}});
  const std::vector<std::string> usual = NamesFor(1);
  const std::size_t first = usual[0] == "a" ? 0 : 1;
  // Fair are 0.5 of 21, allowed 1.25 of that: 14 with the one that comes.
  target(first).counters.in_flight = 13;
  target(1 - first).counters.in_flight = 7;
  EXPECT_EQ(NamesFor(1), usual);
  target(first).counters.in_flight = 14;
  target(1 - first).counters.in_flight = 6;
  EXPECT_THAT(NamesFor(1), ElementsAre(usual[1], usual[0]));
  EXPECT_TRUE(Make().by_affinity);
}

TEST_F(AffinityPlanTest, AHalfOpenTargetIsProbedAllTheSame) {
  Tied({{"a", 0.5}, {"b", 0.5}});
  Open(0);
  now_ += absl::Seconds(30);
  for (std::uint64_t i = 0; i < 10; ++i) {
    EXPECT_THAT(NamesFor(i), ElementsAre("a", "b"));
    EXPECT_FALSE(Make().by_affinity);
  }
}

TEST_F(AffinityPlanTest, WithoutAnyShareRankDecides) {
  Tied({{"a", 0, 1}, {"b", 0, 0}});
  EXPECT_THAT(NamesFor(1), ElementsAre("b", "a"));
  EXPECT_FALSE(Make().by_affinity);
}

}  // namespace
}  // namespace weir::dataplane
