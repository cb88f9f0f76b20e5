// Resources and scenarios for tests of simulations.
#ifndef WEIR_TESTS_CLI_SIMULATE_SAMPLE_H_
#define WEIR_TESTS_CLI_SIMULATE_SAMPLE_H_

#include <google/protobuf/text_format.h>

#include <string>
#include <vector>

#include "absl/time/time.h"
#include "cli/simulate/simulation.h"
#include "cli/simulate/traffic.h"
#include "cli/simulate/what_if.h"
#include "gtest/gtest.h"
#include "weir/config/v1/resources.pb.h"

namespace weir::simulate {

// Model m with targets at a and b, models only-a and only-b at one each.
inline config::v1::Resources TwoProviders(const std::string& more = "") {
  config::v1::Resources resources;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(
      R"pb(
        providers { name: "a" region: "eu" }
        providers { name: "b" region: "us" }
        models {
          name: "m"
          aliases: "alias"
          targets {
            provider: "a"
            price { input: 2 output: 8 }
          }
          targets {
            provider: "b"
            price { input: 1 output: 4 }
          }
        }
        models {
          name: "only-a"
          targets { provider: "a" }
        }
        models {
          name: "only-b"
          targets { provider: "b" }
        }
      )pb",
      &resources));
  config::v1::Resources merged;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(more, &merged));
  resources.MergeFrom(merged);
  return resources;
}

// Everything asks for `model`, and all targets take 100 ms.
inline Scenario ScenarioOf(const config::v1::Resources& resources,
                           const std::string& model = "m",
                           const WhatIf& what_if = {}) {
  Scenario scenario;
  scenario.resources = resources;
  scenario.health = AllWell(resources, absl::Milliseconds(100));
  EXPECT_TRUE(Suppose(what_if, scenario.resources, scenario.health).ok());
  Part part;
  part.model = FindModel(resources, model);
  part.share = 1;
  scenario.parts = {part};
  return scenario;
}

inline admin::v1::Simulation Simulated(const Scenario& scenario) {
  return Simulate(scenario, SettleUnder(scenario));
}

inline std::vector<double> SharesOf(const admin::v1::Simulation& simulation) {
  std::vector<double> shares;
  for (const auto& target : simulation.parts(0).targets()) {
    shares.push_back(target.share());
  }
  return shares;
}

}  // namespace weir::simulate

#endif  // WEIR_TESTS_CLI_SIMULATE_SAMPLE_H_
