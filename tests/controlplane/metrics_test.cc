#include "controlplane/metrics.h"

#include <memory>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/controlplane/edit_view.h"

namespace weir::controlplane {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class MetricsTest : public ::testing::Test {
 protected:
  std::string Page() {
    return MakeMetrics({fleet_, 7, 3, config_, nullptr, nodes_, 2, routing_,
                        connections_, probes_.Counts(), 0, 1, file_applied_})
        .Text();
  }
  void AddTarget(const std::string& provider, std::optional<double> score) {
    TargetView target{};
    target.provider = provider;
    target.upstream_model = "m";
    target.state = TargetState::kDegraded;
    target.score = score;
    target.weight = 0.5;
    Edit(fleet_.models.at(0)).targets.push_back(target);
  }

  FleetView fleet_{
      {ModelView{"chat", config::v1::MODE_ENABLED, true, false, {}, {}}}, {}};
  PublicationPtr config_;
  NodeList::Counts nodes_;
  RoutingCounters routing_;
  net::SocketAcceptor::Stats connections_;
  ProbeCounter probes_;
  std::optional<bool> file_applied_;
};

TEST_F(MetricsTest, AModelsScoreIsTheBestOfItsTargets) {
  AddTarget("east", 40);
  AddTarget("west", 91.5);
  AddTarget("north", std::nullopt);
  EXPECT_THAT(Page(), HasSubstr("ai_model_health_score{model=\"chat\"} 91.5"));
  EXPECT_THAT(Page(), HasSubstr("ai_model_available{model=\"chat\"} 1"));
}

TEST_F(MetricsTest, WhatIsUnknownHasNoSample) {
  AddTarget("north", std::nullopt);
  EXPECT_THAT(Page(), Not(HasSubstr("ai_model_health_score{")));
  EXPECT_THAT(Page(), Not(HasSubstr("weir_target_score{")));
  EXPECT_THAT(Page(), Not(HasSubstr("weir_resource_file_applied")));
}

TEST_F(MetricsTest, RegionsAndRateLimitsAreShown) {
  AddTarget("east", 40);
  ModelView& model = Edit(fleet_.models[0]);
  model.targets[0].allowance = 0.64;
  model.targets[0].headroom = 0.125;
  model.targets[0].latency_by_region["eu"] = absl::Milliseconds(250);
  model.regions = {{"eu", {{0.75, 0, {}}}}};
  const std::string target =
      "{model=\"chat\",provider=\"east\",upstream_model=\"m\"";
  EXPECT_THAT(Page(), HasSubstr("weir_target_allowance" + target + "} 0.64"));
  EXPECT_THAT(Page(), HasSubstr("weir_target_headroom" + target + "} 0.125"));
  EXPECT_THAT(Page(), HasSubstr("weir_target_region_latency_seconds" + target +
                                ",region=\"eu\"} 0.25"));
  EXPECT_THAT(Page(), HasSubstr("weir_target_region_weight" + target +
                                ",region=\"eu\"} 0.75"));
}

TEST_F(MetricsTest, ATargetShowsTheStateThatItIsIn) {
  AddTarget("east", 40);
  EXPECT_THAT(Page(), HasSubstr("weir_target_state{model=\"chat\",provider="
                                "\"east\",upstream_model=\"m\",state="
                                "\"degraded\"} 1"));
}

TEST_F(MetricsTest, ConvergenceIsNodesAgainstSequence) {
  config_ = std::make_shared<const Publication>(Publication{{7, 5, "h"}, ""});
  nodes_.connected = 4;
  nodes_.on_config = 3;
  EXPECT_THAT(Page(), HasSubstr("weir_nodes_connected 4"));
  EXPECT_THAT(Page(), HasSubstr("weir_nodes_converged{lane=\"config\"} 3"));
  EXPECT_THAT(Page(), HasSubstr("weir_published_sequence{lane=\"config\"} 5"));
  EXPECT_THAT(Page(), HasSubstr("weir_published_sequence{lane=\"weights\"} 0"));
}

TEST_F(MetricsTest, ProbesAreCountedByProviderAndOutcome) {
  probes_.Add("east", {absl::OkStatus(), absl::Milliseconds(30)});
  probes_.Add("east", {absl::OkStatus(), absl::Milliseconds(300)});
  probes_.Add("east", {absl::UnavailableError("x"), absl::Seconds(60)});
  EXPECT_THAT(
      Page(),
      HasSubstr("weir_probes_total{provider=\"east\",outcome=\"success\"} 2"));
  EXPECT_THAT(
      Page(),
      HasSubstr("weir_probes_total{provider=\"east\",outcome=\"failure\"} 1"));
  for (const char* bucket :
       {"le=\"0.01\"} 0", "le=\"0.05\"} 1", "le=\"0.5\"} 2", "le=\"5\"} 2",
        "le=\"+Inf\"} 3"}) {
    EXPECT_THAT(Page(),
                HasSubstr(std::string("weir_probe_duration_seconds_bucket{"
                                      "provider=\"east\",") +
                          bucket));
  }
}

TEST_F(MetricsTest, TheResourceFilesStateIsANumber) {
  file_applied_ = false;
  EXPECT_THAT(Page(), HasSubstr("weir_resource_file_applied 0"));
  file_applied_ = true;
  EXPECT_THAT(Page(), HasSubstr("weir_resource_file_applied 1"));
}

}  // namespace
}  // namespace weir::controlplane
