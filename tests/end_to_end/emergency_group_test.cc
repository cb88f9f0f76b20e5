// Promise: when everything in the active emergency group dies, the next group
// takes over without a failed request, stays until somebody says otherwise, and
// each receiver hears of each alert once, and once of its end, whatever happens
// to the control plane meanwhile.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json/parse.hpp>
#include <cstdio>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "tests/end_to_end/harness/eventually.h"
#include "tests/end_to_end/harness/fleet.h"
#include "tests/end_to_end/harness/http_receiver.h"
#include "tests/end_to_end/harness/load.h"

namespace weir::testing {
namespace {

constexpr char kModel[] = "gpt-4.1";

// How often an alert was raised and resolved, as one receiver heard it.
struct Heard {
  int raised = 0;
  int resolved = 0;
};

std::string Member(const std::string& body, const std::string& pointer) {
  boost::json::error_code error;
  const boost::json::value json = boost::json::parse(body, error);
  return error ? "" : At(json, pointer);
}

// By what the message calls the alert: an id, or for Slack kind and summary.
std::map<std::string, Heard> HeardAt(
    const std::vector<HttpReceiver::Received>& received,
    const std::string& target) {
  std::map<std::string, Heard> heard;
  for (const HttpReceiver::Received& message : received) {
    if (message.target != target) continue;
    const std::string text = Member(message.body, "/text");
    if (target == "/slack") {
      Heard& alert = heard[text.substr(text.find("] ") + 2)];
      ++(absl::StartsWith(text, "[resolved") ? alert.resolved : alert.raised);
    } else if (target == "/pagerduty") {
      Heard& alert = heard[Member(message.body, "/dedup_key")];
      const std::string action = Member(message.body, "/event_action");
      ++(action == "resolve" ? alert.resolved : alert.raised);
      EXPECT_EQ(Member(message.body, "/routing_key"), "r0uting");
    } else {
      Heard& alert = heard[Member(message.body, "/id")];
      ++(Member(message.body, "/resolved_at").empty() ? alert.raised
                                                      : alert.resolved);
      EXPECT_EQ(message.authorization, "Bearer t0ken");
    }
  }
  return heard;
}

// p1 and p2 are the relay, p3 is direct.
class EmergencyGroupTest : public ::testing::Test {
 protected:
  void SetUp() override {
    const absl::Status started = fleet_.Start();
    ASSERT_TRUE(started.ok()) << started;
    fleet_.WriteFile("token", "t0ken\n");
    fleet_.WriteFile("routing-key", "r0uting\n");
    fleet_.WriteFile("slack-url", receiver_.url() + "/slack\n");
    const std::string folder = fleet_.folder().string();
    const std::string yaml = absl::StrCat(
        absl::StrReplaceAll(fleet_.ResourcesYaml(),
                            {{"{name: p1,", "{name: p1, group: relay,"},
                             {"{name: p2,", "{name: p2, group: relay,"},
                             {"{name: p3,", "{name: p3, group: direct,"}}),
        "policy: {group_order: [relay, direct], group_switch_after: 2s}\n"
        "webhooks:\n"
        "  - {name: ops, url: \"",
        receiver_.url(), "/json\", token: {file: ", folder,
        "/token}}\n"
        "  - {name: chat, format: slack, url_from: {file: ",
        folder,
        "/slack-url}}\n"
        "  - {name: pager, format: pagerduty, url: \"",
        receiver_.url(), "/pagerduty\", routing_key: {file: ", folder,
        "/routing-key}}\n");
    Ctl({"apply", "-f", fleet_.WriteFile("groups.yaml", yaml)});
    ASSERT_TRUE(Eventually([&] { return Weight("p3") == 0.0; }));
  }

  std::string Ctl(std::vector<std::string> arguments) {
    const absl::StatusOr<Finished> run = fleet_.Ctl(std::move(arguments));
    EXPECT_TRUE(run.ok()) << run.status();
    if (!run.ok()) return "";
    EXPECT_EQ(run->exit_code, 0) << run->output;
    return run->output;
  }
  double Weight(const std::string& provider) {
    return fleet_.WeightAt(fleet_.Ops(), kModel, provider);
  }
  std::map<std::string, Heard> HeardBy(const std::string& target) {
    return HeardAt(receiver_.received(), target);
  }
  bool HeardEverywhere(int count) {
    for (const char* target : {"/json", "/slack", "/pagerduty"}) {
      int raised = 0;
      int resolved = 0;
      for (const auto& [name, heard] : HeardBy(target)) {
        raised += heard.raised;
        resolved += heard.resolved;
      }
      if (raised < count || resolved < raised) return false;
    }
    return true;
  }

  HttpReceiver receiver_;
  Fleet fleet_{{.nodes = 1,
                .providers = 3,
                .control_plane_flags = {"--alert-hold", "3s"}}};
};

TEST_F(EmergencyGroupTest, TakesOverStaysAndIsToldOnce) {
  absl::StatusOr<std::unique_ptr<Load>> load =
      Load::Start({.address = fleet_.Api(),
                   .key = fleet_.key(),
                   .model = kModel,
                   .rate = 40,
                   .duration = absl::Seconds(25)},
                  fleet_.folder() / "load.json");
  ASSERT_TRUE(load.ok()) << load.status();
  fleet_.provider(0).Kill();
  fleet_.provider(1).Kill();
  ASSERT_TRUE(Eventually([&] { return Weight("p3") == 1.0; })) << fleet_.Logs();
  EXPECT_THAT(
      Ctl({"group", "status"}),
      ::testing::HasSubstr("every target of group relay has failed for"));

  // A control plane that comes back knows what it had decided and said.
  ASSERT_TRUE(Eventually(
      [&] { return HeardBy("/json").contains("group_switch:direct"); }));
  fleet_.control_plane().Terminate();
  ASSERT_TRUE(fleet_.control_plane().WaitForEnd(absl::Seconds(10)).ok());
  ASSERT_TRUE(fleet_.control_plane().Start().ok());
  EXPECT_THAT(Ctl({"group", "status"}), ::testing::HasSubstr("direct  active"));

  ASSERT_TRUE(fleet_.provider(0).Start().ok());
  ASSERT_TRUE(fleet_.provider(1).Start().ok());
  ASSERT_TRUE(Eventually([&] {
    return absl::StrContains(Ctl({"group", "status"}), "6 of 6");
  })) << Ctl({"group", "status"});
  EXPECT_EQ(Weight("p1"), 0.0) << "nothing comes back by itself";
  Ctl({"group", "switch", "relay", "--reason", "it is back"});
  EXPECT_TRUE(
      Eventually([&] { return Weight("p1") > 0.0 && Weight("p3") == 0.0; }));

  ASSERT_TRUE(Eventually([&] { return HeardEverywhere(1); }, absl::Seconds(20)))
      << Ctl({"alerts"});
  for (const char* target : {"/json", "/slack", "/pagerduty"}) {
    for (const auto& [name, heard] : HeardBy(target)) {
      EXPECT_EQ(heard.raised, 1) << target << ": " << name;
      EXPECT_EQ(heard.resolved, 1) << target << ": " << name;
    }
  }
  EXPECT_TRUE(HeardBy("/json").contains("target_down:p1/gpt-4.1"));
  EXPECT_TRUE(HeardBy("/json").contains("one_left:gpt-4.1"));
  EXPECT_TRUE(HeardBy("/pagerduty").contains("all_down:only-p1"));
  EXPECT_EQ(HeardBy("/json").size(), HeardBy("/slack").size());
  EXPECT_EQ(HeardBy("/json").size(), HeardBy("/pagerduty").size());
  EXPECT_THAT(Ctl({"events"}), ::testing::HasSubstr("it is back"));

  const absl::StatusOr<LoadReport> report = (*load)->Finish();
  ASSERT_TRUE(report.ok()) << report.status();
  std::printf(
      "%d requests: %d succeeded, %d failed, %d cut silently, %d ended by an "
      "error event; %zu alerts, each raised and resolved once at three "
      "receivers\n",
      report->sent, report->succeeded, report->failed, report->cut_silently,
      report->ended_by_error_event, HeardBy("/json").size());
  EXPECT_EQ(report->failed, 0) << report->text;
  EXPECT_EQ(report->cut_silently, 0) << report->text;
}

}  // namespace
}  // namespace weir::testing
