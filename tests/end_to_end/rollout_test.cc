// Promise: a change of the configuration that harms reaches one node, is
// halted, and the last good one stands everywhere.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "tests/end_to_end/harness/eventually.h"
#include "tests/end_to_end/harness/fleet.h"
#include "tests/end_to_end/harness/http_client.h"
#include "tests/end_to_end/harness/load.h"

namespace weir::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

constexpr int kNodes = 6;

FleetOptions Options() {
  FleetOptions options{.nodes = kNodes, .providers = 2};
  options.node_flags.insert(options.node_flags.end(), {"--max-config", "8KiB"});
  options.control_plane_flags = {"--alert-hold", "1s"};
  return options;
}

class RolloutTest : public ::testing::Test {
 protected:
  void SetUp() override {
    const absl::Status started = fleet_.Start();
    ASSERT_TRUE(started.ok()) << started;
  }

  // Begins load on each node, and waits until the control plane knows of it.
  void StartLoad(const std::string& model) {
    for (int node = 0; node < kNodes; ++node) {
      LoadOptions options{.address = fleet_.Api(node), .key = fleet_.key()};
      options.model = model;
      options.rate = 20;
      options.duration = absl::Seconds(60);
      auto load = Load::Start(
          options, fleet_.folder() / absl::StrCat("load-", node, ".log"));
      ASSERT_TRUE(load.ok()) << load.status();
      loads_.push_back(*std::move(load));
    }
    ASSERT_TRUE(Eventually(
        [&] { return fleet_.SumMetric("ai_requests_total") > 20.0 * kNodes; }));
  }
  // What clients of each node saw.
  std::vector<LoadReport> EndLoad() {
    std::vector<LoadReport> reports;
    for (const auto& load : loads_) load->End();
    for (const auto& load : loads_) {
      absl::StatusOr<LoadReport> report = load->Finish();
      EXPECT_TRUE(report.ok()) << report.status();
      reports.push_back(report.ok() ? *std::move(report) : LoadReport());
    }
    return reports;
  }

  Finished Ctl(std::vector<std::string> arguments) {
    absl::StatusOr<Finished> finished = fleet_.Ctl(std::move(arguments));
    EXPECT_TRUE(finished.ok()) << finished.status();
    return finished.ok() ? *std::move(finished) : Finished();
  }
  void Apply(const std::string& yaml) {
    const Finished applied =
        Ctl({"apply", "-f", fleet_.WriteFile("next.yaml", yaml)});
    ASSERT_EQ(applied.exit_code, 0) << applied.output;
  }
  Finished AwaitEnd() { return Ctl({"rollout", "status", "--wait"}); }
  bool HasAlert() {
    const auto alerts = fleet_.CtlJson({"alerts"});
    if (!alerts.ok()) return false;
    for (const auto& alert : alerts->at("alerts").as_array()) {
      if (At(alert, "/kind") == "rollout_halted" &&
          At(alert, "/resolved_at").empty()) {
        return true;
      }
    }
    return false;
  }

  Fleet fleet_{Options()};
  std::vector<std::unique_ptr<Load>> loads_;
};

TEST_F(RolloutTest, WhatANodeRefusesReachesNoOther) {
  StartLoad("gpt-4.1");
  std::string poison = fleet_.ResourcesYaml();
  absl::StrAppend(&poison,
                  "  - {name: extra, targets: [{provider: p1}], "
                  "aliases: [a");
  for (int i = 0; i < 100; ++i) {
    absl::StrAppend(&poison, ", ", std::string(100, 'a'), i);
  }
  absl::StrAppend(&poison, "]}\n");
  const absl::Time begin = absl::Now();
  Apply(poison);
  const Finished status = AwaitEnd();
  const absl::Duration halted_after = absl::Now() - begin;
  EXPECT_NE(status.exit_code, 0);
  EXPECT_THAT(status.output,
              AllOf(HasSubstr("is halted after 1 node: node node-1 refuses"),
                    HasSubstr("--max-config")));
  EXPECT_EQ(fleet_.SumMetric("weir_lane_updates_total",
                             "lane=\"config\",outcome=\"refused\""),
            1);
  EXPECT_TRUE(Eventually([&] { return HasAlert(); }));
  EXPECT_THAT(Ctl({"events"}).output, HasSubstr("rollout_halted"));

  // A key is another matter.
  EXPECT_EQ(Ctl({"key", "create", "leaked"}).exit_code, 0);
  const Finished revoked = Ctl({"key", "revoke", "leaked", "--wait"});
  EXPECT_EQ(revoked.exit_code, 0) << revoked.output;
  EXPECT_THAT(revoked.output, HasSubstr("6 of 6 nodes confirmed"));
  EXPECT_NE(AwaitEnd().exit_code, 0) << "it is still halted";

  Apply(fleet_.ResourcesYaml());
  const Finished cured = AwaitEnd();
  EXPECT_EQ(cured.exit_code, 0) << cured.output;
  EXPECT_THAT(cured.output, HasSubstr("6 of 6 nodes run it"));
  EXPECT_TRUE(Eventually([&] { return !HasAlert(); }));
  LoadReport seen;
  for (const LoadReport& report : EndLoad()) seen += report;
  EXPECT_EQ(seen.failed, 0) << seen.text;
  EXPECT_EQ(seen.cut_silently, 0);
  std::cout << "halted " << halted_after << " after the change; " << seen.sent
            << " requests, " << seen.failed << " failed\n"
            << status.output;
}

TEST_F(RolloutTest, WhatMakesErrorsOnTheFirstNodeReachesNoOther) {
  ASSERT_TRUE(fleet_.Control(1, R"({"status":{"code":500}})").ok());
  StartLoad("only-p1");
  const std::string good = fleet_.ResourcesYaml();
  const std::string poison = absl::StrReplaceAll(
      good,
      {{fleet_.provider(0).address("on"), fleet_.provider(1).address("on")}});
  ASSERT_NE(poison, good);
  const absl::Time begin = absl::Now();
  Apply(poison);
  const Finished status = AwaitEnd();
  const absl::Duration halted_after = absl::Now() - begin;
  EXPECT_NE(status.exit_code, 0);
  EXPECT_THAT(status.output, AllOf(HasSubstr("is halted after 1 node"),
                                   HasSubstr("failed on nodes that run it")));
  EXPECT_TRUE(Eventually(
      [&] {
        const absl::StatusOr<HttpAnswer> answer =
            PostJson(fleet_.Api(0), "/v1/chat/completions", fleet_.key(),
                     ChatBody("only-p1"));
        return answer.ok() && answer->status == 200;
      },
      absl::Seconds(30)))
      << fleet_.node(0).LastLines();
  EXPECT_TRUE(Eventually([&] {
    const auto rollout = fleet_.CtlJson({"nodes"});
    return rollout.ok() && At(*rollout, "/nodes/0/config/hash") ==
                               At(*rollout, "/nodes/5/config/hash");
  }));
  const std::vector<LoadReport> seen = EndLoad();
  for (int node = 1; node < kNodes; ++node) {
    EXPECT_EQ(seen[node].failed, 0) << "node " << node + 1 << "\n"
                                    << seen[node].text;
  }
  std::cout << "halted " << halted_after
            << " after the change; node 1: " << seen[0].failed << " of "
            << seen[0].sent << " failed\n"
            << status.output;
}

}  // namespace
}  // namespace weir::testing
