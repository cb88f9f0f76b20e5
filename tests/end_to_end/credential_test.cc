// Promise: when a provider refuses the primary credential to one node, the
// whole fleet goes on with the backup, nobody notices, and the primary is back
// when it works again.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json/value.hpp>
#include <string>
#include <vector>

#include "tests/end_to_end/harness/eventually.h"
#include "tests/end_to_end/harness/fleet.h"

namespace weir::testing {
namespace {

using ::testing::HasSubstr;

// The first check of a refused credential comes after 10 s.
constexpr absl::Duration kPatience = absl::Seconds(40);

class CredentialTest : public ::testing::Test {
 protected:
  void SetUp() override {
    const absl::Status started = fleet_.Start();
    ASSERT_TRUE(started.ok()) << started;
  }

  int Ask(int node) {
    const auto answer = PostJson(fleet_.Api(node), "/v1/chat/completions",
                                 fleet_.key(), ChatBody("gpt-4.1"));
    EXPECT_TRUE(answer.ok()) << answer.status();
    return answer.ok() ? answer->status : 0;
  }
  // `state` of the provider's credential, without its prefix.
  std::string StateOf(int credential) {
    const auto status = fleet_.CtlJson({"status"});
    EXPECT_TRUE(status.ok()) << status.status();
    return status.ok() ? At(*status, "/status/providers/0/credentials/" +
                                         std::to_string(credential) + "/state")
                       : "";
  }

  // Cheap probes that don't come: a node is the one that finds out.
  Fleet fleet_{{.nodes = 2,
                .providers = 1,
                .health_check = "{kind: tcp, interval: 10m}",
                .credentials = {"sk-primary", "sk-backup"}}};
};

TEST_F(CredentialTest, OneNodesRefusalSwitchesTheFleetAndBack) {
  // Nodes say so with their first report.
  ASSERT_TRUE(Eventually([&] {
    return StateOf(0) == "CREDENTIAL_STATE_USABLE";
  })) << fleet_.Logs();
  ASSERT_TRUE(fleet_.Control(0, R"({"api_key": "sk-backup"})").ok());
  EXPECT_EQ(Ask(0), 200) << "the backup serves the very request";
  ASSERT_TRUE(Eventually([&] {
    return StateOf(0) == "CREDENTIAL_STATE_REFUSED";
  })) << fleet_.Logs();

  // The other node has never been refused anything, and is told.
  ASSERT_TRUE(Eventually([&] {
    const std::string before = At(fleet_.Stats(0), "/requests/total");
    const int status = Ask(1);
    const std::string after = At(fleet_.Stats(0), "/requests/total");
    return status == 200 && std::stoi(after) == std::stoi(before) + 1;
  })) << fleet_.Logs();
  const auto shown = fleet_.Ctl({"status"});
  ASSERT_TRUE(shown.ok()) << shown.status();
  EXPECT_THAT(shown->output, HasSubstr("provider p1 refuses"));
  EXPECT_THAT(fleet_.Ctl({"alerts"})->output, HasSubstr("credential_refused"));

  ASSERT_TRUE(fleet_.Control(0, R"({"api_key": null})").ok());
  ASSERT_TRUE(Eventually(
      [&] { return StateOf(0) == "CREDENTIAL_STATE_USABLE"; }, kPatience))
      << fleet_.Logs();
  const auto events = fleet_.Ctl({"events"});
  ASSERT_TRUE(events.ok()) << events.status();
  EXPECT_THAT(events->output, HasSubstr("provider p1 is called with"));
  EXPECT_THAT(events->output, HasSubstr("credential_switched"));
  EXPECT_EQ(Ask(0), 200);
}

}  // namespace
}  // namespace weir::testing
