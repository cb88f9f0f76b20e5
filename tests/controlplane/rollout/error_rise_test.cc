#include "controlplane/rollout/error_rise.h"

#include <ostream>
#include <string>

#include "gtest/gtest.h"

namespace weir::controlplane {
namespace {

struct RiseCase {
  std::string name;
  Evidence evidence;
  bool worse;
};

std::ostream& operator<<(std::ostream& out, const RiseCase& c) {
  return out << c.name;
}

Traffic Answers(std::uint64_t failed, std::uint64_t all) {
  return {.answers = all, .failed_answers = failed};
}

// Attempts that clients see nothing of.
Traffic Attempts(std::uint64_t failed, std::uint64_t all) {
  return {.answers = all, .attempts = all, .failed_attempts = failed};
}

class ErrorRiseTest : public ::testing::TestWithParam<RiseCase> {};

TEST_P(ErrorRiseTest, FollowsTheTable) {
  EXPECT_EQ(WhyWorse(GetParam().evidence, 0.01).has_value(), GetParam().worse);
}

INSTANTIATE_TEST_SUITE_P(
    Table, ErrorRiseTest,
    ::testing::ValuesIn<RiseCase>({
        {"NothingIsNotWorse", {}, false},
        {"AllFineIsNotWorse", {{}, Answers(0, 1000), {}}, false},
        {"AllFailing", {Answers(0, 100), Answers(20, 20), {}}, true},
        {"FourFailuresMayBeChance", {{}, Answers(4, 4), {}}, false},
        {"FiveOfFiveAreNot", {{}, Answers(5, 5), {}}, true},
        // 1 % of 1000 are 10, three deviations 9.4.
        {"AsManyAsChanceAllows", {{}, Answers(19, 1000), {}}, false},
        {"OneMoreThanThat", {{}, Answers(20, 1000), {}}, true},
        {"AsBadAsBefore", {Answers(30, 100), Answers(30, 100), {}}, false},
        {"AsBadAsElsewhere",
         {Answers(0, 100), Answers(30, 100), Answers(60, 200)},
         false},
        {"WorseThanBoth",
         {Answers(1, 100), Answers(30, 100), Answers(2, 200)},
         true},
        {"BetterElsewhereButUsual",
         {Answers(30, 100), Answers(30, 100), Answers(0, 200)},
         false},
        {"AttemptsThatFailHereOnly",
         {Attempts(0, 100), Attempts(30, 100), Attempts(0, 200)},
         true},
        {"AttemptsThatFailEverywhere",
         {Attempts(0, 100), Attempts(30, 100), Attempts(70, 200)},
         false},
        {"AttemptsWithNobodyToCompareWith",
         {Attempts(0, 100), Attempts(30, 100), Attempts(0, 9)},
         false},
        {"AllFailedAlways", {Answers(9, 9), Answers(9, 9), {}}, false},
    }),
    [](const auto& test) { return test.param.name; });

TEST(WhyWorseTest, SaysHowMuch) {
  EXPECT_EQ(WhyWorse({Answers(1, 100), Answers(30, 100), {}}, 0.01),
            "30 of 100 answers failed on nodes that run it (30.0 %, usually "
            "1.0 %)");
}

}  // namespace
}  // namespace weir::controlplane
