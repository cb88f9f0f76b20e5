// Promise: a change of the configuration that harms, or that comes at the worst
// of times, costs no client request.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "tests/end_to_end/failure/failure_scenario.h"
#include "tests/end_to_end/harness/eventually.h"
#include "tests/end_to_end/harness/fleet.h"
#include "tests/end_to_end/harness/http_client.h"
#include "tests/end_to_end/harness/process.h"
#include "tests/end_to_end/harness/replicas.h"

namespace weir::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

class ChangeFailureTest : public FailureScenario {
 protected:
  Finished Ctl(std::vector<std::string> arguments) {
    absl::StatusOr<Finished> finished = fleet().Ctl(std::move(arguments));
    EXPECT_TRUE(finished.ok()) << finished.status();
    return finished.ok() ? *std::move(finished) : Finished{-1, ""};
  }
  void Apply(const std::string& yaml) {
    const Finished applied =
        Ctl({"apply", "-f", fleet().WriteFile("next.yaml", yaml)});
    ASSERT_EQ(applied.exit_code, 0) << applied.output;
  }
  bool HaltIsAlarmed() {
    const auto alerts = fleet().CtlJson({"alerts"});
    if (!alerts.ok()) return false;
    for (const auto& alert : alerts->at("alerts").as_array()) {
      if (At(alert, "/kind") == "rollout_halted" &&
          At(alert, "/resolved_at").empty()) {
        return true;
      }
    }
    return false;
  }
  bool Serves(int node, const std::string& model) {
    const absl::StatusOr<HttpAnswer> answer =
        PostJson(fleet().Api(node), "/v1/chat/completions", fleet().key(),
                 ChatBody(model));
    return answer.ok() && answer->status == 200;
  }
};

// A model more, with so many aliases that nodes refuse the whole.
std::string TooLarge(const std::string& resources) {
  std::string poison =
      resources + "  - {name: extra, targets: [{provider: p1}], aliases: [a";
  for (int i = 0; i < 100; ++i) {
    absl::StrAppend(&poison, ", ", std::string(100, 'a'), i);
  }
  return poison + "]}\n";
}

TEST_F(ChangeFailureTest, PoisonedConfiguration) {
  FleetOptions options{.nodes = 6, .providers = 2};
  options.node_flags.insert(options.node_flags.end(), {"--max-config", "8KiB"});
  options.control_plane_flags = {"--alert-hold", "1s"};
  ASSERT_NO_FATAL_FAILURE(Begin("poisoned configuration", options));
  ASSERT_NO_FATAL_FAILURE(StartTraffic({.rate = 20}));
  Done("a valid change that every node refuses, then the good one again");
  const absl::Time begin = absl::Now();
  ASSERT_NO_FATAL_FAILURE(Apply(TooLarge(fleet().ResourcesYaml())));
  const Finished status = Ctl({"rollout", "status", "--wait"});
  const absl::Duration halted = absl::Now() - begin;
  EXPECT_NE(status.exit_code, 0);
  EXPECT_THAT(status.output,
              AllOf(HasSubstr("is halted after 1 node: node node-1 refuses"),
                    HasSubstr("--max-config")));
  const double reached = fleet().SumMetric(
      "weir_lane_updates_total", "lane=\"config\",outcome=\"refused\"");
  EXPECT_EQ(reached, 1);
  EXPECT_TRUE(Eventually([&] { return HaltIsAlarmed(); }));
  EXPECT_THAT(Ctl({"events"}).output, HasSubstr("rollout_halted"));
  Saw(absl::StrCat("it reached ", reached, " node of 6, halted after ",
                   Seconds(halted)));

  // A key is another matter.
  EXPECT_EQ(Ctl({"key", "create", "leaked"}).exit_code, 0);
  const Finished revoked = Ctl({"key", "revoke", "leaked", "--wait"});
  EXPECT_EQ(revoked.exit_code, 0) << revoked.output;
  EXPECT_THAT(revoked.output, HasSubstr("6 of 6 nodes confirmed"));
  EXPECT_NE(Ctl({"rollout", "status", "--wait"}).exit_code, 0)
      << "it is still halted";
  Saw("a key was revoked everywhere meanwhile");

  ASSERT_NO_FATAL_FAILURE(Apply(fleet().ResourcesYaml()));
  const Finished cured = Ctl({"rollout", "status", "--wait"});
  EXPECT_EQ(cured.exit_code, 0) << cured.output;
  EXPECT_THAT(cured.output, HasSubstr("6 of 6 nodes run it"));
  EXPECT_TRUE(Eventually([&] { return !HaltIsAlarmed(); }));
}

FleetOptions SlowRollout(const std::string& store, int output) {
  FleetOptions options = ReplicaFleet(store, output);
  options.nodes = 4;
  options.control_plane_flags = {"--rollout-settle", "4s"};
  return options;
}

TEST_F(ChangeFailureTest, LeaderKilledDuringARollout) {
  ASSERT_NO_FATAL_FAILURE(
      BeginWithReplicas("leader killed during a roll-out", SlowRollout));
  ASSERT_NO_FATAL_FAILURE(StartTraffic({.rate = 30}));
  Done("kill -9 of the leader while a change is tried on one node of 4");
  const int leader = Leads(fleet(), 0) ? 0 : 1;
  ASSERT_NO_FATAL_FAILURE(
      Apply(fleet().ResourcesYaml() +
            "  - {name: newcomer, targets: [{provider: p1}]}\n"));
  const auto serving = [&] {
    int nodes = 0;
    for (int node = 0; node < fleet().nodes(); ++node) {
      if (Serves(node, "newcomer")) ++nodes;
    }
    return nodes;
  };
  ASSERT_TRUE(Eventually([&] { return serving() > 0; })) << fleet().Logs();
  EXPECT_EQ(serving(), 1);
  fleet().control_plane(leader).Kill();
  const absl::Time killed = absl::Now();
  EXPECT_TRUE(
      Eventually([&] { return serving() == fleet().nodes(); }, 2 * kPatience))
      << fleet().Logs();
  Saw(absl::StrCat("the next leader brought the change to all nodes ",
                   Seconds(absl::Now() - killed), " after the kill"));
  const absl::StatusOr<Finished> status =
      fleet().CtlAt(fleet().control_plane(1 - leader).address("grpc"),
                    {"rollout", "status", "--wait"});
  ASSERT_TRUE(status.ok()) << status.status();
  EXPECT_EQ(status->exit_code, 0) << status->output;
}

}  // namespace
}  // namespace weir::testing
