#include "dataplane/decision/sample_rule.h"

#include <vector>

#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace weir::dataplane {
namespace {

using ::testing::ElementsAre;

const absl::Time kStart = absl::FromUnixSeconds(1000);

// How many of `rate` requests a second, evenly spread, are kept in each of
// `seconds`.
std::vector<int> Kept(SampleRule& rule, int rate, int seconds,
                      absl::Time start = kStart) {
  std::vector<int> kept(static_cast<std::size_t>(seconds));
  for (int i = 0; i < rate * seconds; ++i) {
    const absl::Time now = start + i * absl::Seconds(1) / rate;
    if (rule.Keep(now)) ++kept[static_cast<std::size_t>(i / rate)];
  }
  return kept;
}

TEST(SampleRuleTest, LittleTrafficIsKeptWhole) {
  SampleRule rule;
  EXPECT_THAT(Kept(rule, 20, 3), ElementsAre(20, 20, 20));
}

TEST(SampleRuleTest, OfMoreTwentyASecondAreKeptAfterTheFirst) {
  SampleRule rule;
  EXPECT_THAT(Kept(rule, 20'000, 3), ElementsAre(60, 20, 20));
}

TEST(SampleRuleTest, NeverMoreThanTwentyOfASteadyStream) {
  SampleRule rule;
  // One in two of 30, as one in one would be thirty.
  EXPECT_THAT(Kept(rule, 30, 3), ElementsAre(30, 15, 15));
}

TEST(SampleRuleTest, AfterAPauseItBeginsAnew) {
  SampleRule rule;
  Kept(rule, 20'000, 2);
  EXPECT_THAT(Kept(rule, 10, 1, kStart + absl::Minutes(1)), ElementsAre(10));
}

}  // namespace
}  // namespace weir::dataplane
