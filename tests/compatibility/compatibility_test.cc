// Promise: nodes of this version and of the one before work with control planes
// of either.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "tests/end_to_end/harness/eventually.h"
#include "tests/end_to_end/harness/fleet.h"
#include "tests/end_to_end/harness/http_client.h"
#include "tests/end_to_end/harness/load.h"

namespace weir::testing {
namespace {

using ::testing::HasSubstr;

constexpr int kMixedNodes = 4;

std::filesystem::path Previous(const std::string& binary) {
  return std::filesystem::path(WEIR_PREVIOUS_BINARIES) / binary;
}

// Nodes of both versions in turn.
FleetOptions Mixed(const std::string& control_plane) {
  FleetOptions options{.nodes = kMixedNodes, .providers = 2};
  options.control_plane_binary = control_plane;
  options.node_binaries = {Previous("weir-dataplane"), "weir-dataplane",
                           Previous("weir-dataplane"), "weir-dataplane"};
  return options;
}

class CompatibilityTest : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!std::filesystem::exists(Previous("weir-dataplane"))) {
      GTEST_SKIP() << "there are no binaries of another version: "
                      "tests/compatibility/build_previous.sh REF makes them";
    }
  }

  void Start(const FleetOptions& options) {
    fleet_ = std::make_unique<Fleet>(options);
    const absl::Status started = fleet_->Start();
    ASSERT_TRUE(started.ok()) << started;
    for (int node = 0; node < kMixedNodes; ++node) {
      auto load = Load::Start({.address = fleet_->Api(node),
                               .key = fleet_->key(),
                               .rate = 20,
                               .duration = absl::Seconds(120)},
                              fleet_->folder() / absl::StrCat("load-", node));
      ASSERT_TRUE(load.ok()) << load.status();
      loads_.push_back(*std::move(load));
    }
  }

  // A change of the configuration comes to every node.
  void ExpectChangeArrives(const std::string& model) {
    const std::string yaml =
        fleet_->ResourcesYaml() +
        absl::StrCat("  - {name: ", model, ", targets: [{provider: p1}]}\n");
    const absl::StatusOr<Finished> applied =
        fleet_->Ctl({"apply", "-f", fleet_->WriteFile("next.yaml", yaml)});
    ASSERT_TRUE(applied.ok()) << applied.status();
    ASSERT_EQ(applied->exit_code, 0) << applied->output;
    for (int node = 0; node < kMixedNodes; ++node) {
      EXPECT_TRUE(Eventually(
          [&] {
            const absl::StatusOr<HttpAnswer> answer =
                PostJson(fleet_->Api(node), "/v1/chat/completions",
                         fleet_->key(), ChatBody(model));
            return answer.ok() && answer->status == 200;
          },
          absl::Seconds(30)))
          << "node " << node + 1 << "\n"
          << fleet_->Logs();
    }
  }

  bool AllAreConnected() {
    const auto nodes = fleet_->CtlJson({"nodes"});
    if (!nodes.ok()) return false;
    for (int node = 0; node < kMixedNodes; ++node) {
      const std::string place = absl::StrCat("/nodes/", node);
      if (At(*nodes, place + "/connected") != "true" ||
          At(*nodes, place + "/config/sequence").empty()) {
        return false;
      }
    }
    return true;
  }

  void ExpectNothingFailed() {
    LoadReport seen;
    for (const auto& load : loads_) load->End();
    for (const auto& load : loads_) {
      const absl::StatusOr<LoadReport> report = load->Finish();
      ASSERT_TRUE(report.ok()) << report.status();
      seen += *report;
    }
    EXPECT_GT(seen.succeeded, 0);
    EXPECT_EQ(seen.failed, 0) << seen.text;
    EXPECT_EQ(seen.cut_silently, 0) << seen.text;
    std::cout << seen.sent << " requests, " << seen.failed << " failed\n";
  }

  std::unique_ptr<Fleet> fleet_;
  std::vector<std::unique_ptr<Load>> loads_;
};

TEST_F(CompatibilityTest, NodesOfBothServeUnderThisControlPlane) {
  Start(Mixed("weir-controlplane"));
  ExpectChangeArrives("added");
  const absl::StatusOr<Finished> status =
      fleet_->Ctl({"rollout", "status", "--wait"});
  ASSERT_TRUE(status.ok()) << status.status();
  EXPECT_EQ(status->exit_code, 0) << status->output;
  EXPECT_THAT(status->output, HasSubstr("4 of 4 nodes run it"));
  ASSERT_TRUE(fleet_->CtlJson({"key", "create", "leaked"}).ok());
  const absl::StatusOr<Finished> revoked =
      fleet_->Ctl({"key", "revoke", "leaked", "--wait"});
  ASSERT_TRUE(revoked.ok()) << revoked.status();
  EXPECT_THAT(revoked->output, HasSubstr("4 of 4 nodes confirmed"));
  ExpectNothingFailed();
}

TEST_F(CompatibilityTest, TheControlPlaneIsUpgradedUnderNodesOfBoth) {
  Start(Mixed(Previous("weir-controlplane")));
  ExpectChangeArrives("before");
  Server& control_plane = fleet_->control_plane();
  control_plane.Terminate();
  ASSERT_TRUE(control_plane.WaitForEnd(absl::Seconds(20)).ok());
  control_plane.Replace("weir-controlplane");
  const absl::Status started = control_plane.Start();
  ASSERT_TRUE(started.ok()) << started << control_plane.LastLines();
  EXPECT_TRUE(Eventually([&] { return AllAreConnected(); }, absl::Seconds(40)));
  ExpectChangeArrives("after");
  ExpectNothingFailed();
}

}  // namespace
}  // namespace weir::testing
