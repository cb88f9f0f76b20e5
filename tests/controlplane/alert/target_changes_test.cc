#include "controlplane/alert/target_changes.h"

#include <memory>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/controlplane/alert/sample_fleet.h"
#include "tests/controlplane/edit_view.h"

namespace weir::controlplane {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(TargetChangesTest, SaysWhatItWasWhatItIsAndWhy) {
  const auto before = SampleFleet({SampleTarget("a"), SampleTarget("b")});
  const auto after = SampleFleet(
      {SampleTarget("a"), SampleTarget("b", TargetState::kUnhealthy)});
  Edit(after->models[0]).targets[1].last_error = "connection refused";
  EXPECT_THAT(TargetChanges(*before, *after),
              ElementsAre(TargetChange{
                  "b/m", "b/m is unhealthy, was healthy: connection refused"}));
  EXPECT_THAT(
      TargetChanges(*after, *before),
      ElementsAre(TargetChange{"b/m", "b/m is healthy, was unhealthy"}));
}

TEST(TargetChangesTest, TheSameIsNoChange) {
  const auto fleet = SampleFleet({SampleTarget("a")});
  EXPECT_THAT(TargetChanges(*fleet, *fleet), IsEmpty());
  EXPECT_THAT(TargetChanges(*fleet, *SampleFleet({SampleTarget("a")})),
              IsEmpty());
}

TEST(TargetChangesTest, WhatComesAndGoesIsNoChange) {
  const auto before = SampleFleet({SampleTarget("a")});
  const auto after = SampleFleet({SampleTarget("b", TargetState::kUnhealthy)});
  EXPECT_THAT(TargetChanges(*before, *after), IsEmpty());
}

TEST(TargetChangesTest, WhoHasAnotherPlaceIsStillTheSame) {
  const auto before = SampleFleet({SampleTarget("a"), SampleTarget("b")});
  const auto after = SampleFleet(
      {SampleTarget("b", TargetState::kUnhealthy), SampleTarget("c")});
  EXPECT_THAT(
      TargetChanges(*before, *after),
      ElementsAre(TargetChange{"b/m", "b/m is unhealthy, was healthy"}));
}

TEST(TargetChangesTest, ATargetOfTwoModelsIsMentionedOnce) {
  const auto twice = [](TargetState state) {
    const auto fleet = SampleFleet({SampleTarget("a", state)});
    fleet->models.push_back(fleet->models[0]);
    Edit(fleet->models[1]).model = "other";
    return fleet;
  };
  EXPECT_EQ(TargetChanges(*twice(TargetState::kHealthy),
                          *twice(TargetState::kAutoDisabled))
                .size(),
            1u);
}

}  // namespace
}  // namespace weir::controlplane
