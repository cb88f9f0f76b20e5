// Promise: the control plane is never on the request path. When it is gone,
// for as long as it likes, nodes go on with what they last received, even
// through a restart.

#include <gtest/gtest.h>

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <fstream>
#include <sstream>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "tests/end_to_end/failure/failure_scenario.h"
#include "tests/end_to_end/harness/eventually.h"
#include "tests/end_to_end/harness/fleet.h"
#include "tests/end_to_end/harness/http_client.h"
#include "tests/end_to_end/harness/process.h"
#include "tests/end_to_end/harness/server.h"

namespace weir::testing {
namespace {

class ControlPlaneFailureTest : public FailureScenario {
 protected:
  bool Ready(int node) {
    const absl::StatusOr<HttpAnswer> answer =
        Get(fleet().Api(node), "/health/full");
    return answer.ok() && answer->status == 200;
  }
};

TEST_F(ControlPlaneFailureTest, Gone) {
  ASSERT_NO_FATAL_FAILURE(Begin("control plane gone", {.nodes = 3}));
  // Clients of the one that is to be killed are not what this is about.
  ASSERT_NO_FATAL_FAILURE(
      StartTraffic({.addresses = {fleet().Api(0), fleet().Api(1)}}));
  Done(
      "kill -9 of the only control plane; a provider fails, and a node is "
      "killed and started, while it is away");
  fleet().control_plane().Kill();
  ASSERT_TRUE(fleet().Control(1, R"({"status":{"code":500}})").ok());
  ASSERT_TRUE(LetTrafficGoOn(600));
  fleet().node(2).Kill();
  const absl::Time killed = absl::Now();
  const absl::Status restarted = fleet().node(2).Start();
  ASSERT_TRUE(restarted.ok()) << restarted;
  ASSERT_TRUE(Eventually([this] { return Ready(2); }))
      << fleet().node(2).LastLines();
  Saw(absl::StrCat("a node that starts is ready, from its cache, after ",
                   Seconds(absl::Now() - killed)));
  ASSERT_NO_FATAL_FAILURE(StartTraffic({.addresses = {fleet().Api(2)}}));

  ASSERT_TRUE(fleet().control_plane().Start().ok());
  const absl::Time back = absl::Now();
  EXPECT_TRUE(Eventually(
      [this] { return fleet().SumMetric("weir_control_plane_connected") == 3; },
      kPatience))
      << fleet().Logs();
  Saw(absl::StrCat("all nodes found it ", Seconds(absl::Now() - back),
                   " after it was back"));
}

// With a node's parts, for no test waits a day.
TEST_F(ControlPlaneFailureTest, GoneForADay) {
  BeginWithoutFleet("24 h without a control plane");
  Done(
      "a node's lanes, plans, breakers and limits in simulated time; a "
      "provider is away for 2 h, the node restarts");
  const std::string results = scratch() / "day.json";
  const absl::StatusOr<Finished> played =
      RunToEnd({.program = BinaryFolder() / "dataplane_day_alone_test",
                .arguments = {"--gtest_output=json:" + results}},
               scratch() / "day.log", kPatience);
  ASSERT_TRUE(played.ok()) << played.status();
  ASSERT_EQ(played->exit_code, 0) << played->output;
  std::stringstream text;
  text << std::ifstream(results).rdbuf();
  boost::json::error_code error;
  const boost::json::value day = boost::json::parse(text.str(), error);
  ASSERT_FALSE(error) << text.str();
  const auto number = [&](const char* name) {
    return std::stoi(At(day, absl::StrCat("/testsuites/0/testsuite/0/", name)));
  };
  CountElsewhere(number("requests"), number("failed"));
  Saw(absl::StrCat("its configuration stands, weights drift to the base, ",
                   number("extra_attempts"),
                   " attempts went to the one that was away"));
}

}  // namespace
}  // namespace weir::testing
