#include "dataplane/target_totals.h"

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "common/ids.h"
#include "dataplane/worker_report.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace weir::dataplane {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

constexpr std::size_t kAll = 100;

std::vector<TargetChange> Changed(const std::string& provider,
                                  const AttemptCounts& attempts) {
  TargetCounters counters;
  counters.attempts = attempts;
  return {{MakeTargetId(provider, "m"), counters}};
}

class TargetTotalsTest : public ::testing::Test {
 protected:
  // Successes by target.
  std::map<std::string, std::uint64_t> Take(std::size_t most = kAll) {
    std::map<std::string, std::uint64_t> told;
    totals_.TakeChanged(
        most, [&](const TargetId& id, const TargetCounters& target) {
          EXPECT_TRUE(told.emplace(id.value, target.attempts.successes).second)
              << id.value << " is told twice";
        });
    return told;
  }

  TargetTotals totals_;
};

TEST_F(TargetTotalsTest, WhatChangedIsToldOnce) {
  totals_.Add(0, Changed("a", {.successes = 1}));
  totals_.Add(0, Changed("a", {.successes = 3}));
  EXPECT_THAT(Take(), ElementsAre(Pair("a/m", 3)));
  EXPECT_THAT(Take(), IsEmpty());
}

TEST_F(TargetTotalsTest, WhatOneWorkerSaysStandsBesideWhatOthersSaid) {
  totals_.Add(0, Changed("a", {.successes = 1}));
  totals_.Add(2, Changed("a", {.successes = 10}));
  EXPECT_THAT(Take(), ElementsAre(Pair("a/m", 11)));
  totals_.Add(2, Changed("a", {.successes = 20}));
  EXPECT_THAT(Take(), ElementsAre(Pair("a/m", 21)));
}

TEST_F(TargetTotalsTest, WhoKnowsNothingIsToldAll) {
  totals_.Add(0, Changed("a", {.successes = 1}));
  totals_.Add(0, Changed("b", {.successes = 2}));
  Take();
  totals_.Add(0, Changed("b", {.successes = 3}));
  totals_.Forget();
  EXPECT_THAT(Take(), ElementsAre(Pair("a/m", 1), Pair("b/m", 3)));
}

TEST_F(TargetTotalsTest, WhatIsTooMuchComesTheNextTime) {
  for (const char* const name : {"a", "b", "c"}) {
    totals_.Add(0, Changed(name, {.successes = 1}));
  }
  EXPECT_THAT(Take(2), ElementsAre(Pair("a/m", 1), Pair("b/m", 1)));
  EXPECT_THAT(Take(2), ElementsAre(Pair("c/m", 1)));
}

TEST_F(TargetTotalsTest, AttemptsAreThoseOfAllTargetsAndWorkers) {
  totals_.Add(0, Changed("a", {.successes = 5, .endpoint_failures = 1}));
  totals_.Add(1, Changed("a", {.successes = 2, .client_errors = 9}));
  totals_.Add(0, Changed("b", {.credential_failures = 4, .rate_limited = 7}));
  totals_.Add(0, Changed("a", {.successes = 6, .endpoint_failures = 3}));
  EXPECT_EQ(totals_.attempts().ended, 6U + 3 + 2 + 4);
  EXPECT_EQ(totals_.attempts().failed, 3U + 4);
}

}  // namespace
}  // namespace weir::dataplane
