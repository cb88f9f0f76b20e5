#include "controlplane/alert/alert_rules.h"

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "tests/controlplane/alert/sample_fleet.h"
#include "tests/controlplane/edit_view.h"

namespace weir::controlplane {
namespace {

constexpr TargetState kHealthy = TargetState::kHealthy;
constexpr TargetState kDown = TargetState::kUnhealthy;

// `severity kind subject: summary`, a line each.
std::string Describe(const std::vector<Condition>& conditions) {
  return absl::StrJoin(
      conditions, "\n", [](std::string* out, const Condition& condition) {
        absl::StrAppend(out, SeverityName(condition.severity), " ",
                        condition.kind, " ", condition.subject, ": ",
                        condition.summary);
      });
}

struct RulesCase {
  std::string name;
  // Of model chat; the targets' providers are a, b, c.
  std::vector<TargetState> states;
  std::function<void(FleetView&)> change = [](FleetView&) {};
  std::string want = {};
};

class AlertRulesTest : public ::testing::TestWithParam<RulesCase> {};

TEST_P(AlertRulesTest, FollowsTheTable) {
  std::vector<TargetView> targets;
  char provider = 'a';
  for (const TargetState state : GetParam().states) {
    targets.push_back(SampleTarget(std::string(1, provider++), state));
  }
  const auto fleet = SampleFleet(targets);
  GetParam().change(*fleet);
  EXPECT_EQ(Describe(ConditionsOf(*fleet)), GetParam().want);
}

TargetView& First(FleetView& fleet) { return Edit(fleet.models[0]).targets[0]; }

INSTANTIATE_TEST_SUITE_P(
    Table, AlertRulesTest,
    ::testing::ValuesIn<RulesCase>({
        {"NoTargets", {}},
        {"AllIsWell",
         {kHealthy, TargetState::kUnknown, TargetState::kDegraded}},
        {"OneOfThreeDown",
         {kDown, kHealthy, kHealthy},
         [](FleetView& fleet) { First(fleet).last_error = "HTTP 500"; },
         "warning target_down a/m: a/m is down: HTTP 500"},
        {"OneLeft",
         {TargetState::kAutoDisabled, kHealthy},
         [](FleetView&) {},
         "warning one_left chat: model chat: of its 2 targets only b/m is "
         "usable\n"
         "warning target_down a/m: a/m is down"},
        {"TheOnlyOneThereIsIsNotLeft", {kHealthy}},
        {"WhatIsSwitchedOffIsNotMissed",
         {TargetState::kDisabled, kHealthy, TargetState::kDraining}},
        {"AllSwitchedOffIsAnOperatorsWill", {TargetState::kDisabled}},
        {"AllDown",
         {kDown, kDown},
         [](FleetView&) {},
         "critical all_down chat: model chat: none of its 2 targets is usable\n"
         "warning target_down a/m: a/m is down\n"
         "warning target_down b/m: b/m is down"},
        {"AModelThatDoesNotServe",
         {kDown},
         [](FleetView& fleet) {
           Edit(fleet.models[0]).mode = config::v1::MODE_DRAINING;
         }},
        {"Panic",
         {kHealthy, kHealthy},
         [](FleetView& fleet) { Edit(fleet.models[0]).panic = true; },
         "critical panic chat: model chat: too few targets are usable, so "
         "requests go to all of them"},
        {"TooSlowIsNotDown",
         {kDown, kHealthy, kHealthy},
         [](FleetView& fleet) {
           First(fleet).latency_over = absl::Seconds(3);
           First(fleet).slow_alone = true;
         },
         "warning latency a/m: a/m is slower than its ceiling of 3s"},
        {"WhatWasSlowAndDiedIsBoth",
         {kDown, kHealthy, kHealthy},
         [](FleetView& fleet) { First(fleet).latency_over = absl::Seconds(3); },
         "warning latency a/m: a/m is slower than its ceiling of 3s\n"
         "warning target_down a/m: a/m is down"},
        {"Blind",
         {TargetState::kDegraded, kHealthy},
         [](FleetView& fleet) {
           First(fleet).prober_blind = true;
           First(fleet).last_error = "timed out after 5s";
         },
         "warning blind_prober a/m: probes of a/m fail while requests succeed: "
         "timed out after 5s"},
        {"RateLimited",
         {TargetState::kDegraded, kHealthy},
         [](FleetView& fleet) { First(fleet).rate_limited = true; },
         "warning rate_limited a/m: a/m limits the rate of all requests"},
        {"CredentialRefused",
         {kDown, kHealthy, kHealthy},
         [](FleetView& fleet) {
           First(fleet).credential_refused = true;
           First(fleet).last_error = "HTTP 401";
         },
         "critical credential_refused a: provider a refuses its credential: "
         "HTTP 401\n"
         "warning target_down a/m: a/m is down: HTTP 401"},
        {"NoCredential",
         {TargetState::kNoCredential, kHealthy, kHealthy},
         [](FleetView&) {},
         "critical credential_refused a: provider a has no credential that "
         "resolves here"},
        {"ATargetOfTwoModelsIsOne",
         {kDown, kHealthy, kHealthy},
         [](FleetView& fleet) {
           fleet.models.push_back(fleet.models[0]);
           Edit(fleet.models[1]).model = "other";
         },
         "warning target_down a/m: a/m is down"},
        {"ARefusedCredentialWithABackup",
         {kHealthy},
         [](FleetView& fleet) {
           AddCredentials({CredentialState::kRefused, CredentialState::kUsable},
                          fleet);
         },
         "warning credential_refused a: provider a refuses credential env:0: "
         "HTTP 401; env:1 is used"},
        {"NoCredentialLeft",
         {kHealthy},
         [](FleetView& fleet) {
           AddCredentials(
               {CredentialState::kRefused, CredentialState::kMissing}, fleet);
           First(fleet).credential_refused = true;
         },
         "critical credential_refused a: provider a refuses credential env:0: "
         "HTTP 401; none is used"},
        {"AMissingBackupIsNoTrouble",
         {kHealthy},
         [](FleetView& fleet) {
           AddCredentials({CredentialState::kUsable, CredentialState::kMissing},
                          fleet);
         }},
        {"TheProbeBudgetIsSpent",
         {kHealthy},
         [](FleetView& fleet) {
           fleet.providers = {{.provider = "a",
                               .probe_budget_usd = 1,
                               .probe_budget_reached = true}};
         },
         "warning probe_budget a: probes of provider a have cost their budget "
         "of today; until midnight UTC they ask for models only"},
        {"AProbeBudgetOfNothing",
         {kHealthy},
         [](FleetView& fleet) {
           fleet.providers = {{.provider = "a", .probe_budget_reached = true}};
         }},
        {"TheFirstGroupIsNoNews",
         {kHealthy},
         [](FleetView& fleet) {
           AddGroups({"relay", "direct"},
                     GroupSwitch{"relay", "by hand", SwitchedBy::kOperator, {}},
                     fleet);
         }},
        {"AnotherGroupTookOver",
         {kHealthy},
         [](FleetView& fleet) {
           AddGroups({"relay", "direct"},
                     GroupSwitch{"direct",
                                 "every target of group relay failed",
                                 SwitchedBy::kItself,
                                 {}},
                     fleet);
         },
         "critical group_switch direct: traffic is on group direct instead of "
         "relay: every target of group relay failed"},
        {"AnOperatorSwitched",
         {kHealthy},
         [](FleetView& fleet) {
           AddGroups(
               {"relay", "direct"},
               GroupSwitch{"direct", "by hand", SwitchedBy::kOperator, {}},
               fleet);
         },
         "info group_switch direct: traffic is on group direct instead of "
         "relay: by hand"},
    }),
    [](const auto& test) { return test.param.name; });

}  // namespace
}  // namespace weir::controlplane
