#include "dataplane/plan/affinity.h"

#include <cstddef>
#include <cstdint>
#include <ostream>
#include <string>
#include <vector>

#include "common/stable_hash.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace weir::dataplane {
namespace {

struct Target {
  std::string id;
  double weight;
};

// The target that gets the key.
std::string Winner(std::uint64_t key, const std::vector<Target>& targets) {
  std::string winner;
  double best = 0;
  for (const Target& target : targets) {
    const double score =
        AffinityScore(key, StableHash(target.id), target.weight);
    if (score > best) {
      best = score;
      winner = target.id;
    }
  }
  return winner;
}

std::uint64_t Key(int number) {
  return StableHash("conversation-" + std::to_string(number));
}

constexpr int kKeys = 100'000;

// The share of kKeys that `id` gets.
double Share(const std::string& id, const std::vector<Target>& targets) {
  int got = 0;
  for (int i = 0; i < kKeys; ++i) got += Winner(Key(i), targets) == id ? 1 : 0;
  return static_cast<double>(got) / kKeys;
}

// Five standard deviations of a share of kKeys: sqrt(0.25 / 100000) * 5.
constexpr double kError = 0.008;

TEST(AffinityScoreTest, SharesFollowTheWeights) {
  const std::vector<Target> targets = {
      {"a/m", 0.5}, {"b/m", 0.3}, {"c/m", 0.2}};
  EXPECT_NEAR(Share("a/m", targets), 0.5, kError);
  EXPECT_NEAR(Share("b/m", targets), 0.3, kError);
  EXPECT_NEAR(Share("c/m", targets), 0.2, kError);
}

TEST(AffinityScoreTest, WeightsNeedNotSumToOne) {
  EXPECT_NEAR(Share("a", {{"a", 3}, {"b", 1}}), 0.75, kError);
}

TEST(AffinityScoreTest, WithoutWeightThereAreNoKeys) {
  EXPECT_EQ(Share("a", {{"a", 0}, {"b", 0.001}}), 0);
  EXPECT_EQ(AffinityScore(1, 2, 0), 0);
}

TEST(AffinityScoreTest, WhenATargetGoesOnlyItsKeysMove) {
  const std::vector<Target> before = {{"a", 0.5}, {"b", 0.3}, {"c", 0.2}};
  const std::vector<Target> after = {{"a", 0.5}, {"c", 0.2}};
  for (int i = 0; i < 10'000; ++i) {
    const std::string had = Winner(Key(i), before);
    if (had == "b") continue;
    ASSERT_EQ(Winner(Key(i), after), had);
  }
}

TEST(AffinityScoreTest, WhenAWeightGrowsKeysMoveOnlyToIt) {
  const std::vector<Target> before = {{"a", 0.4}, {"b", 0.3}, {"c", 0.3}};
  const std::vector<Target> after = {{"a", 0.5}, {"b", 0.3}, {"c", 0.3}};
  int moved = 0;
  for (int i = 0; i < 10'000; ++i) {
    const std::string had = Winner(Key(i), before);
    const std::string has = Winner(Key(i), after);
    if (had == has) continue;
    ++moved;
    ASSERT_EQ(has, "a");
  }
  // From 0.4 to 0.5 / 1.1.
  EXPECT_NEAR(moved / 10'000.0, 0.0545, 0.012);
}

struct LoadCase {
  std::string name;
  AffinityLoad load;
  double max_load;
  bool overloaded;
};
void PrintTo(const LoadCase& load_case, std::ostream* out) {
  *out << load_case.name;
}

class IsOverloadedTest : public ::testing::TestWithParam<LoadCase> {};

TEST_P(IsOverloadedTest, FollowsTheTable) {
  EXPECT_EQ(IsOverloaded(GetParam().load, GetParam().max_load),
            GetParam().overloaded);
}

INSTANTIATE_TEST_SUITE_P(
    Table, IsOverloadedTest,
    ::testing::ValuesIn(std::vector<LoadCase>{
        {"Nothing", {0, 0, 0.5}, 1.25, false},
        {"AFewSayNothing", {7, 7, 0.01}, 1, false},
        // Fair are 0.5 * 40 = 20, allowed 25.
        {"BelowItsFairShare", {19, 39, 0.5}, 1.25, false},
        {"UpToTheLimit", {24, 39, 0.5}, 1.25, false},
        {"BeyondTheLimit", {25, 39, 0.5}, 1.25, true},
        {"AFairShareIsAllowedAlways", {19, 39, 0.5}, 1, false},
        {"AndNoMore", {20, 39, 0.5}, 1, true},
        // Fair are 0.1 * 95 = 9.5, allowed 11.875, rounded up.
        {"RoundedUp", {11, 94, 0.1}, 1.25, false},
        {"BeyondTheRounded", {12, 94, 0.1}, 1.25, true},
        {"AloneItIsNeverTooMuch", {1000, 1000, 1}, 1, false},
        {"WithoutAShare", {8, 100, 0}, 1.25, true},
    }),
    [](const auto& test) { return test.param.name; });

}  // namespace
}  // namespace weir::dataplane
