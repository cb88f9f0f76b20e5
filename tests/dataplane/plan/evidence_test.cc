#include "dataplane/plan/evidence.h"

#include <cstddef>
#include <functional>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "dataplane/plan/breaker.h"
#include "dataplane/plan/credential.h"
#include "dataplane/plan/plan.h"
#include "dataplane/plan/plan_record.h"
#include "gtest/gtest.h"
#include "tests/dataplane/plan/plan_fixture.h"

namespace weir::dataplane {
namespace {

struct ClearCase {
  std::string name;
  std::function<void(Evidence&)> change;
  // From then on it is clear again; absent where only another change helps.
  std::optional<absl::Duration> until;
};

class ClearTest : public ::testing::TestWithParam<ClearCase> {};

TEST_P(ClearTest, WhatSpeaksAgainstATargetDoesSoForItsTime) {
  Evidence evidence;
  evidence.limits.resize(2);
  EXPECT_TRUE(IsClear(evidence, kNow));
  GetParam().change(evidence);
  EXPECT_FALSE(IsClear(evidence, kNow));
  if (!GetParam().until.has_value()) {
    EXPECT_FALSE(IsClear(evidence, kNow + absl::Hours(24)));
    return;
  }
  const absl::Time end = kNow + *GetParam().until;
  EXPECT_FALSE(IsClear(evidence, end - absl::Milliseconds(1)));
  EXPECT_TRUE(IsClear(evidence, end));
}

INSTANTIATE_TEST_SUITE_P(
    Table, ClearTest,
    ::testing::Values(ClearCase{"OpenBreaker",
                                [](Evidence& evidence) {
                                  for (int i = 0; i < 5; ++i) {
                                    evidence.breaker.OnFailure(
                                        Breaker::Kind::kAnswer, kNow);
                                  }
                                },
                                std::nullopt},
                      ClearCase{"Refused",
                                [](Evidence& evidence) {
                                  evidence.local_weight.OnRefused(kNow);
                                },
                                absl::Seconds(10)},
                      ClearCase{"LittleHeadroom",
                                [](Evidence& evidence) {
                                  evidence.headroom.OnTold(
                                      0.1, absl::Seconds(7), kNow);
                                },
                                absl::Seconds(7)},
                      ClearCase{"OneOfTwoCredentialsPaused",
                                [](Evidence& evidence) {
                                  evidence.limits[1].paused_until =
                                      kNow + absl::Seconds(9);
                                },
                                absl::Seconds(9)}),
    [](const auto& param) { return param.param.name; });

TEST(EvidenceTest, WhatSpeaksForATargetLeavesItClear) {
  Evidence evidence;
  evidence.limits.resize(1);
  evidence.headroom.OnTold(0.9, std::nullopt, kNow);
  evidence.limits[0].avoided_until = kNow + absl::Seconds(5);
  evidence.breaker.OnFailure(Breaker::Kind::kAnswer, kNow);
  EXPECT_TRUE(IsClear(evidence, kNow));
}

class SuspectTest : public PlanTest {
 protected:
  void SetUp() override {
    Model({{"a", 0.5}, {"b", 0.3}, {"c", 0.2}});
    for (ProviderLive* const provider : view_->providers) {
      provider->credentials.resize(1);
    }
  }

  // All that a plan says.
  std::string Said(double random) {
    PlanRecord record;
    const Plan plan = MakePlan(request_, *view_, now_, random, &record);
    std::string said = absl::StrCat(absl::FormatTime(plan.next_chance), ":");
    for (const Candidate& candidate : plan.candidates()) {
      absl::StrAppend(&said, " ", *candidate.target);
    }
    for (const ConsideredTarget& item : record.items()) {
      absl::StrAppend(&said, "; ", item.target, " ", item.local_factor, " ",
                      item.seconds_left, " ", static_cast<int>(item.exclusion));
    }
    return said;
  }

  void ChangeSomething(std::size_t index) {
    switch (Dice(8)) {
      case 0:
        return Open(index);
      case 1:
        return evidence(index).breaker.OnStart(now_);
      case 2:
        return evidence(index).breaker.OnSuccess();
      case 3:
        return evidence(index).local_weight.OnRefused(now_);
      case 4:
        return target(index).OnHeadroomTold(Dice(10) / 10.0, std::nullopt,
                                            now_);
      case 5:
        evidence(index).limits.resize(1);
        evidence(index).limits[0].paused_until = now_ + absl::Seconds(Dice(30));
        return;
      case 6:
        return view_->providers[index]->credentials[0].OnRefused("no", now_);
      default:
        return view_->providers[index]->credentials[0].OnAccepted();
    }
  }

  int Dice(int sides) {
    return std::uniform_int_distribution<int>(0, sides - 1)(chance_);
  }

  // The same each time: NOLINTNEXTLINE(cert-msc32-c,cert-msc51-cpp)
  std::mt19937 chance_{1};
};

TEST_F(SuspectTest, NewTargetsAreUntilSomebodyHasLooked) {
  for (const bool* const suspect : view_->suspect) EXPECT_TRUE(*suspect);
  Make();
  for (const bool* const suspect : view_->suspect) EXPECT_FALSE(*suspect);
  Open(1);
  EXPECT_FALSE(*view_->suspect[0]);
  EXPECT_TRUE(*view_->suspect[1]);
  Make();
  EXPECT_TRUE(*view_->suspect[1]);
  evidence(1).breaker.OnSuccess();
  Make();
  EXPECT_FALSE(*view_->suspect[1]);
}

TEST_F(SuspectTest, PlentyOfHeadroomMakesNobodySuspect) {
  Make();
  target(0).OnHeadroomTold(0.9, std::nullopt, now_);
  EXPECT_FALSE(*view_->suspect[0]);
  EXPECT_EQ(target(0).evidence().headroom.left(now_), 0.9);
  target(0).OnHeadroomTold(0.1, std::nullopt, now_);
  EXPECT_TRUE(*view_->suspect[0]);
}

TEST_F(SuspectTest, APlanIsWhatItWereIfAllWere) {
  for (int step = 0; step < 5000; ++step) {
    if (Dice(3) == 0) ChangeSomething(static_cast<std::size_t>(Dice(3)));
    now_ += absl::Seconds(Dice(4));
    const double random = Dice(100) / 100.0;
    const std::string said = Said(random);
    for (bool* const suspect : view_->suspect) *suspect = true;
    ASSERT_EQ(said, Said(random)) << "step " << step;
  }
}

}  // namespace
}  // namespace weir::dataplane
