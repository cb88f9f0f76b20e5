#include "tests/end_to_end/harness/replicas.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <cmath>
#include <cstddef>
#include <functional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "tests/end_to_end/harness/eventually.h"
#include "tests/end_to_end/harness/http_client.h"
#include "tests/end_to_end/harness/process.h"

namespace weir::testing {

FleetOptions ReplicaFleet(const std::string& store, int output) {
  return {
      .nodes = 2,
      .providers = 3,
      .health_check =
          "{kind: models, interval: 1s, timeout: 1s, unhealthy_after: 2}",
      .control_planes = 2,
      .store = store,
      .provider_flags = {"--latency", "5ms", "--tokens", absl::StrCat(output)}};
}

bool Leads(Fleet& fleet, int control_plane) {
  return fleet.ControlPlaneMetric(control_plane, "weir_leader") == 1;
}

bool AllServe(Fleet& fleet) {
  for (int index = 0; index < fleet.control_planes(); ++index) {
    const absl::StatusOr<HttpAnswer> answer =
        Get(fleet.control_plane(index).address("http"), "/readyz");
    if (!answer.ok() || answer->status != 200) return false;
  }
  return true;
}

bool InStep(Fleet& fleet, const std::string& server) {
  const absl::StatusOr<Finished> listed =
      fleet.CtlAt(server.empty() ? fleet.ControlPlaneAddresses("grpc") : server,
                  {"-o", "json", "nodes"});
  if (!listed.ok() || listed->exit_code != 0) return false;
  boost::json::error_code error;
  const boost::json::value nodes = boost::json::parse(listed->output, error);
  if (error || At(nodes, "/weights/sequence").empty()) return false;
  for (int node = 0; node < fleet.nodes(); ++node) {
    const std::string at = absl::StrCat("/nodes/", node);
    if (At(nodes, at + "/connected") != "true" ||
        At(nodes, at + "/weights/epoch") != At(nodes, "/weights/epoch")) {
      return false;
    }
  }
  return true;
}

double WeightWatch::Look() {
  double farthest = 0;
  for (int node = 0; node < fleet_.nodes(); ++node) {
    for (std::size_t i = 0; i < wanted_.size(); ++i) {
      const double weight = fleet_.WeightAt(fleet_.Ops(node), "gpt-4.1",
                                            absl::StrCat("p", i + 1));
      farthest = std::max(farthest, std::abs(weight - wanted_[i]));
    }
  }
  farthest_ = std::max(farthest_, farthest);
  return farthest;
}

bool WeightWatch::Eventually(const std::function<bool()>& condition,
                             absl::Duration limit) {
  return ::weir::testing::Eventually(
      [&] {
        Look();
        return condition();
      },
      limit);
}

void MakeUneven(Fleet& fleet) {
  ASSERT_TRUE(fleet.Control(2, R"({"status":{"code":500}})").ok());
  WeightWatch weights(fleet, kUneven);
  ASSERT_TRUE(Eventually([&] { return weights.Look() < 0.01; }))
      << fleet.Logs();
}

}  // namespace weir::testing
