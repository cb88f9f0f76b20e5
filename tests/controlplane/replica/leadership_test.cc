#include "controlplane/replica/leadership.h"

#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "controlplane/store/lease.h"
#include "gtest/gtest.h"

namespace weir::controlplane {
namespace {

struct LeadershipCase {
  const char* name;
  Standing before;
  absl::StatusOr<Lease> seen;
  Standing after;
};

class LeadershipTest : public ::testing::TestWithParam<LeadershipCase> {};

TEST_P(LeadershipTest, FollowsTheTable) {
  EXPECT_EQ(Next(GetParam().before, GetParam().seen, "me"), GetParam().after);
}

const absl::Status kAway = absl::UnavailableError("away");

INSTANTIATE_TEST_SUITE_P(
    Table, LeadershipTest,
    ::testing::ValuesIn<LeadershipCase>({
        {"NobodyKnowsYet", {}, kAway, {}},
        {"TheFirstLeads", {}, Lease{"me", "a:1", 7}, {7, "a:1"}},
        {"TheSecondStandsBy", {}, Lease{"it", "b:1", 7}, {{}, "b:1"}},
        {"TheLeaderGoesOn", {7, "a:1"}, Lease{"me", "a:1", 7}, {7, "a:1"}},
        {"TheLeaderGoesOnWithoutADatabase", {7, "a:1"}, kAway, {7, "a:1"}},
        {"NobodyTakesOverWithoutADatabase", {{}, "b:1"}, kAway, {{}, "b:1"}},
        {"TheLeaderDied", {{}, "b:1"}, Lease{"me", "a:1", 8}, {8, "a:1"}},
        {"TheLeaderWasReplaced",
         {7, "a:1"},
         Lease{"it", "b:1", 8},
         {{}, "b:1"}},
        {"ReplacedAndBack", {7, "a:1"}, Lease{"me", "a:1", 9}, {9, "a:1"}},
        {"AnotherLeads", {{}, "b:1"}, Lease{"he", "c:1", 8}, {{}, "c:1"}},
    }),
    [](const auto& test) { return test.param.name; });

}  // namespace
}  // namespace weir::controlplane
