// Promise: what was used is known, whoever is killed, and each answer and each
// line of the access log says what it cost.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sqlite3.h>

#include <boost/json.hpp>
#include <fstream>
#include <future>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "tests/end_to_end/harness/eventually.h"
#include "tests/end_to_end/harness/fleet.h"
#include "tests/end_to_end/harness/http_client.h"
#include "tests/end_to_end/harness/process.h"
#include "tests/end_to_end/harness/server.h"

namespace weir::testing {
namespace {

using ::testing::ContainsRegex;
using ::testing::HasSubstr;

class UsageTest : public ::testing::Test {
 protected:
  void SetUp() override {
    const absl::Status started = fleet_.Start();
    ASSERT_TRUE(started.ok()) << started;
  }

  absl::StatusOr<HttpAnswer> Ask(const std::string& model) {
    return PostJson(fleet_.Api(), "/v1/chat/completions", fleet_.key(),
                    ChatBody(model, Answering::kWhole));
  }
  // The line that the access log has of the request.
  boost::json::value LineOf(const HttpAnswer& answer) {
    boost::json::value found;
    Eventually([&] {
      std::ifstream log(fleet_.folder() / "node-1.access");
      for (std::string line; std::getline(log, line);) {
        if (line.find(answer.Header("x-request-id")) == std::string::npos) {
          continue;
        }
        found = boost::json::parse(line);
        return true;
      }
      return false;
    });
    return found;
  }

  Fleet fleet_{{.nodes = 1,
                .providers = 1,
                .control_plane_flags = {"--alert-hold", "1s"},
                .more_models =
                    "  - {name: priced, targets: [{provider: p1, model: "
                    "gpt-4.1, price: {input: 2, output: 8}}]}\n"}};
};

TEST_F(UsageTest, AnAnswerAndItsLineSayWhatItCost) {
  const absl::StatusOr<HttpAnswer> answer = Ask("priced");
  ASSERT_TRUE(answer.ok()) << answer.status();
  ASSERT_EQ(answer->status, 200) << answer->body;
  const boost::json::value said = answer->Json();
  const double cost = (2 * std::stod(At(said, "/usage/prompt_tokens")) +
                       8 * std::stod(At(said, "/usage/completion_tokens"))) /
                      1e6;
  EXPECT_THAT(answer->Header("x-weir-cost-usd"),
              ContainsRegex("^0\\.[0-9]{9}$"));
  EXPECT_NEAR(std::stod(answer->Header("x-weir-cost-usd")), cost, 1e-9);
  const boost::json::value line = LineOf(*answer);
  EXPECT_EQ(At(line, "/model"), "priced");
  EXPECT_EQ(At(line, "/provider"), "p1");
  EXPECT_EQ(At(line, "/client_key"), "everything");
  EXPECT_EQ(At(line, "/status"), "200");
  EXPECT_EQ(At(line, "/usage"), "reported");
  EXPECT_EQ(At(line, "/input_tokens"), At(said, "/usage/prompt_tokens"));
  EXPECT_NEAR(std::stod(At(line, "/cost_usd")), cost, 1e-12);
}

TEST_F(UsageTest, AKilledNodeSettlesWhatItHadNotEnded) {
  ASSERT_EQ(Ask("gpt-4.1")->status, 200);
  ASSERT_TRUE(fleet_.Control(0, R"({"latency":"20s"})").ok());
  const auto hangs = std::async(std::launch::async,
                                [this] { return Ask("gpt-4.1").status(); });
  ASSERT_TRUE(Eventually(
      [this] { return fleet_.SumMetric("weir_target_in_flight") == 1; }));
  fleet_.node(0).Kill();
  const absl::Status restarted = fleet_.node(0).Start();
  ASSERT_TRUE(restarted.ok()) << restarted;
  EXPECT_TRUE(Eventually([this] {
    return fleet_.SumMetric("weir_usage_attempts_interrupted_total") == 1;
  })) << fleet_.node(0).LastLines();
  EXPECT_EQ(fleet_.SumMetric("weir_usage_outlives_process"), 1);
  EXPECT_EQ(fleet_.SumMetric("weir_usage_attempts_lost_total"), 0);
}

// A lock on the control plane's file that another process holds, as a backup
// does: nobody else writes it meanwhile.
class HeldDatabase {
 public:
  explicit HeldDatabase(const std::string& path) {
    if (sqlite3_open(path.c_str(), &database_) == SQLITE_OK) {
      is_held_ = sqlite3_exec(database_, "BEGIN IMMEDIATE", nullptr, nullptr,
                              nullptr) == SQLITE_OK;
    }
  }
  ~HeldDatabase() { sqlite3_close(database_); }
  HeldDatabase(const HeldDatabase&) = delete;
  HeldDatabase& operator=(const HeldDatabase&) = delete;

  bool is_held() const { return is_held_; }

 private:
  sqlite3* database_ = nullptr;
  bool is_held_ = false;
};

TEST_F(UsageTest, WhileTheDatabaseIsHeldUsageWaitsAndAnAlertSaysSo) {
  // Of the alert: raised, resolved, or empty where there is none.
  const auto state = [this] {
    const auto alerts = fleet_.CtlJson({"alerts"});
    std::string found;
    if (!alerts.ok()) return found;
    for (const auto& alert : alerts->at("alerts").as_array()) {
      if (At(alert, "/id") != "ledger:usage") continue;
      found = At(alert, "/resolved_at").empty() ? "raised" : "resolved";
    }
    return found;
  };
  const auto answered = [this] {
    const auto report = fleet_.CtlJson({"cost", "report"});
    return report.ok() ? At(*report, "/total/requests") : "";
  };
  ASSERT_EQ(Ask("priced")->status, 200);
  {
    const HeldDatabase held(fleet_.folder() / "weir.db");
    ASSERT_TRUE(held.is_held());
    for (int i = 0; i < 5; ++i) ASSERT_EQ(Ask("priced")->status, 200);
    EXPECT_TRUE(
        Eventually([&] { return state() == "raised"; }, absl::Seconds(30)))
        << fleet_.Logs();
    ASSERT_EQ(Ask("priced")->status, 200) << "traffic goes on";
  }
  EXPECT_TRUE(Eventually([&] { return answered() == "7"; }, absl::Seconds(30)))
      << answered() << fleet_.Logs();
  EXPECT_TRUE(Eventually([&] { return state() == "resolved"; })) << state();
}

TEST_F(UsageTest, WhatAProviderMisreportsIsEstimatedAndAlarmed) {
  for (const std::string usage :
       {R"({"prompt_tokens":-5,"completion_tokens":3})",
        R"({"prompt_tokens":5,"completion_tokens":99999999999999})",
        R"({"prompt_tokens":5,"completion_tokens":"many"})",
        R"("all of it")"}) {
    ASSERT_TRUE(
        fleet_
            .Control(0,
                     absl::StrCat(R"({"status":{"code":200,"body":{"id":"x",)"
                                  R"("object":"chat.completion","choices":[],)"
                                  R"("usage":)",
                                  usage, "}}}"))
            .ok());
    const absl::StatusOr<HttpAnswer> answer = Ask("priced");
    ASSERT_TRUE(answer.ok()) << answer.status();
    EXPECT_EQ(answer->status, 200) << answer->body;
    const boost::json::value line = LineOf(*answer);
    EXPECT_EQ(At(line, "/usage"), "estimated") << usage;
    const double cost = std::stod(At(line, "/cost_usd"));
    EXPECT_GT(cost, 0) << usage;
    EXPECT_LT(cost, 0.01) << usage;
  }
  EXPECT_TRUE(Eventually([this] {
    const absl::StatusOr<Finished> alerts = fleet_.Ctl({"alerts"});
    return alerts.ok() &&
           alerts->output.find("provider p1 says of gpt-4.1's tokens") !=
               std::string::npos;
  })) << fleet_.Logs();
}

TEST_F(UsageTest, ASpoolHasOneNode) {
  const absl::StatusOr<Finished> second = RunToEnd(
      {.program = BinaryFolder() / "weir-dataplane",
       .arguments = {"--listen", "127.0.0.1:0", "--ops-listen", "127.0.0.1:0",
                     "--usage-spool", fleet_.folder() / "node-1.usage"}},
      fleet_.folder() / "second.log", absl::Seconds(10));
  ASSERT_TRUE(second.ok()) << second.status();
  EXPECT_EQ(second->exit_code, 2);
  EXPECT_THAT(second->output, HasSubstr("another process uses it"));
}

}  // namespace
}  // namespace weir::testing
