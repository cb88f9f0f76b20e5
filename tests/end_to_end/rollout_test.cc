// Promise: a change of the configuration that makes errors reaches one node, is
// halted, and the last good one stands everywhere. What a node refuses is in
// failure/.

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

FleetOptions Options() { return {.nodes = kNodes, .providers = 2}; }

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

  Fleet fleet_{Options()};
  std::vector<std::unique_ptr<Load>> loads_;
};

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
