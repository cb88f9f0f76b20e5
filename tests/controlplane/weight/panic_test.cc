#include "controlplane/weight/panic.h"

#include <optional>
#include <string>
#include <vector>

#include "controlplane/weight/candidate.h"
#include "gtest/gtest.h"

namespace weir::controlplane {
namespace {

struct PanicCase {
  std::string name;
  // U usable, T on trial, R reserve, X unfit, - excluded.
  std::string candidates;
  double threshold;
  Fallback fallback;
  bool want;
};

std::vector<Candidate> Parse(const std::string& letters) {
  std::vector<Candidate> candidates;
  for (const char letter : letters) {
    Candidate candidate;
    candidate.score = 70;
    candidate.fitness = letter == 'U'   ? Fitness::kUsable
                        : letter == 'T' ? Fitness::kOnTrial
                        : letter == 'R' ? Fitness::kReserve
                        : letter == 'X' ? Fitness::kUnfit
                                        : Fitness::kExcluded;
    candidates.push_back(candidate);
  }
  return candidates;
}

class PanicTest : public ::testing::TestWithParam<PanicCase> {};

TEST_P(PanicTest, FollowsTheTable) {
  EXPECT_EQ(Panics(Parse(GetParam().candidates), GetParam().threshold,
                   GetParam().fallback),
            GetParam().want);
}

constexpr Fallback kNone = Fallback::kNone;
constexpr Fallback kOther = Fallback::kOtherModels;

INSTANTIATE_TEST_SUITE_P(Table, PanicTest,
                         ::testing::ValuesIn<PanicCase>({
                             {"NoTargets", "", 0.5, kNone, false},
                             {"AllUsable", "UU", 0.5, kNone, false},
                             {"HalfIsEnough", "UX", 0.5, kNone, false},
                             {"AThirdIsNot", "UXX", 0.5, kNone, true},
                             {"NothingLeft", "XX", 0.5, kNone, true},
                             {"TheOnlyOne", "X", 0.5, kNone, true},
                             {"NotWithAFallback", "XX", 0.5, kOther, false},
                             {"ExcludedDoNotCount", "U--", 0.5, kNone, false},
                             {"NothingButExcluded", "--", 0.5, kNone, false},
                             {"AReserveIsAFallback", "XXR", 0.5, kNone, false},
                             {"OnTrialIsUsable", "TX", 0.5, kNone, false},
                             {"ThresholdZeroIsNever", "XX", 0.0, kNone, false},
                             {"ThresholdOneIsAtOnce", "UX", 1.0, kNone, true},
                         }),
                         [](const auto& each) { return each.param.name; });

TEST(IgnoreHealthTest, MakesTheUnfitUsableAndForgetsScores) {
  const std::vector<Candidate> ignored = IgnoreHealth(Parse("UXT-R"));
  ASSERT_EQ(ignored.size(), 5u);
  EXPECT_EQ(ignored[4].fitness, Fitness::kReserve);
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(ignored[i].fitness, Fitness::kUsable) << i;
    EXPECT_EQ(ignored[i].score, std::nullopt) << i;
  }
  EXPECT_EQ(ignored[3].fitness, Fitness::kExcluded);
}

}  // namespace
}  // namespace weir::controlplane
