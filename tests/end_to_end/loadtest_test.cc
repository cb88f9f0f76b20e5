// Promise: weirctl loadtest tells a fast provider from a slow one and from one
// that fails, spends no more than it may, and all that it spent is in the
// ledger.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <cmath>
#include <csignal>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

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

using ::testing::AllOf;
using ::testing::HasSubstr;

class LoadTestTest : public ::testing::Test {
 protected:
  void SetUp() override {
    const absl::Status started = fleet_.Start();
    ASSERT_TRUE(started.ok()) << started;
    const auto key =
        fleet_.CtlJson({"key", "create", "loadtest", "--providers", "*"});
    ASSERT_TRUE(key.ok()) << key.status();
    const std::string secret = At(*key, "/secret");
    key_file_ = fleet_.WriteFile("key", secret);
    ASSERT_TRUE(Eventually([&] { return NodeKnows(secret); }));
    ASSERT_TRUE(fleet_.Control(1, R"({"latency": "80ms"})").ok());
    ASSERT_TRUE(fleet_.Control(2, R"({"status": {"code": 500}})").ok());
  }

  bool NodeKnows(const std::string& secret) {
    const auto answer = Send(
        fleet_.Api(), {.target = "/v1/models",
                       .headers = {{"Authorization", "Bearer " + secret}}});
    return answer.ok() && answer->status == 200;
  }
  std::vector<std::string> LoadTest(std::vector<std::string> flags) {
    std::vector<std::string> words = {"loadtest",
                                      "--model",
                                      "priced",
                                      "--node",
                                      absl::StrCat("http://", fleet_.Api()),
                                      "--key-file",
                                      key_file_,
                                      "--yes"};
    words.insert(words.end(), flags.begin(), flags.end());
    return words;
  }
  // The report of a run whose exit code says that a provider failed; null where
  // that is not so.
  boost::json::value ReportOfFailing(std::vector<std::string> flags) {
    std::vector<std::string> words = LoadTest(std::move(flags));
    words.insert(words.begin(), {"-o", "json"});
    const auto finished = fleet_.Ctl(std::move(words));
    if (!finished.ok() || finished->exit_code != 1) return nullptr;
    // What went to stderr stands behind it.
    const std::size_t end = finished->output.rfind('}') + 1;
    EXPECT_THAT(finished->output.substr(end),
                HasSubstr("weirctl: no request succeeded at p3\n"));
    boost::json::error_code error;
    return boost::json::parse(finished->output.substr(0, end), error);
  }
  // As numbers; `path` below a provider's row.
  static double NumberAt(const boost::json::value& report, int provider,
                         const std::string& path) {
    const std::string text =
        At(report, absl::StrCat("/providers/", provider, "/", path));
    return text.empty() ? -1 : std::stod(text);
  }
  // What the ledger says that the key has spent; 0 until it does.
  double SpentByKey() {
    const auto report = fleet_.CtlJson({"cost", "report", "--by", "key"});
    if (!report.ok()) return 0;
    for (const auto& row : report->at("rows").as_array()) {
      if (At(row, "/group") == "loadtest") {
        return std::stod(At(row, "/cost_usd"));
      }
    }
    return 0;
  }

  Fleet fleet_{{.nodes = 1,
                .providers = 3,
                .more_models =
                    "  - name: priced\n"
                    "    targets:\n"
                    "      - {provider: p1, price: {input: 2, output: 8}}\n"
                    "      - {provider: p2, price: {input: 2, output: 8}}\n"
                    "      - {provider: p3, price: {input: 2, output: 8}}\n"}};
  std::string key_file_;
};

TEST_F(LoadTestTest, ProvidersAreComparedAndPaid) {
  const boost::json::value report =
      ReportOfFailing({"-n", "20", "--rate", "40", "--max-cost", "5"});
  ASSERT_TRUE(report.is_object());
  for (const int provider : {0, 1}) {
    EXPECT_EQ(NumberAt(report, provider, "success_rate"), 1) << report;
    EXPECT_EQ(NumberAt(report, provider, "requests"), 20);
    EXPECT_EQ(NumberAt(report, provider, "output_tokens"), 20 * 16);
    EXPECT_EQ(NumberAt(report, provider, "cost_10m_usd"), 80);
    EXPECT_GT(NumberAt(report, provider, "tokens_per_second"), 0);
  }
  EXPECT_GE(NumberAt(report, 1, "p50_ms"), 80);
  EXPECT_GE(NumberAt(report, 1, "first_token_average_ms"), 80);
  EXPECT_LT(NumberAt(report, 0, "p50_ms"), NumberAt(report, 1, "p50_ms"));
  EXPECT_EQ(NumberAt(report, 2, "success_rate"), 0);
  EXPECT_THAT(At(report, "/notes/0"), HasSubstr("p3: "));

  const double spent =
      NumberAt(report, 0, "cost_usd") + NumberAt(report, 1, "cost_usd");
  EXPECT_GT(spent, 0);
  EXPECT_TRUE(Eventually([&] { return std::abs(SpentByKey() - spent) < 1e-9; }))
      << SpentByKey() << " in the ledger, " << spent << " reported";
}

// 512 tokens out are $0.004 at most, and a request may ask three times.
TEST_F(LoadTestTest, WhatMightCostTooMuchIsNotSent) {
  const auto report = fleet_.CtlJson(
      LoadTest({"-n", "1000", "--rate", "500", "--max-tokens", "512",
                "--max-cost", "0.05", "--providers", "p1", "--json"}));
  ASSERT_TRUE(report.ok()) << report.status();
  const double cost = NumberAt(*report, 0, "cost_usd");
  EXPECT_GT(cost, 0.02) << "what is given back must be spent again";
  EXPECT_LE(cost, 0.05);
  EXPECT_LT(NumberAt(*report, 0, "requests"), 1000);
  EXPECT_THAT(At(*report, "/notes/0"), HasSubstr("than --max-cost"));
}

TEST_F(LoadTestTest, AKeyWithoutTheRightStopsAtOnce) {
  key_file_ = fleet_.WriteFile("other", fleet_.key());
  const auto finished =
      fleet_.Ctl(LoadTest({"-n", "50", "--rate", "10", "--providers", "p1"}));
  ASSERT_TRUE(finished.ok()) << finished.status();
  EXPECT_THAT(finished->output,
              AllOf(HasSubstr("p1: 1 x HTTP 403 provider_not_allowed"),
                    HasSubstr("p1: stopped: ")));
  EXPECT_EQ(finished->exit_code, 1);
}

TEST_F(LoadTestTest, CtrlCShowsWhatThereIsUntilThen) {
  std::vector<std::string> words =
      LoadTest({"-n", "1000", "--rate", "5", "--providers", "p1,p2"});
  words.insert(words.begin(),
               {"--server", fleet_.control_plane().address("grpc")});
  const auto process = Process::Start(
      {.program = BinaryFolder() / "weirctl", .arguments = std::move(words)},
      fleet_.folder() / "loadtest.log");
  ASSERT_TRUE(process.ok()) << process.status();
  ASSERT_TRUE(Eventually([&] {
    return fleet_.SumMetric("ai_requests_total", "model=\"priced\"") >= 4;
  }));
  (*process)->Signal(SIGINT);
  EXPECT_EQ((*process)->Wait(absl::Seconds(5)), 1);
  EXPECT_THAT((*process)->Output(),
              AllOf(HasSubstr("\np1 "), HasSubstr("100.0 %"),
                    HasSubstr("interrupted; ")));
}

}  // namespace
}  // namespace weir::testing
