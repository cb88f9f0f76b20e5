// Promise: what was used is known, whoever is killed, and each answer and each
// line of the access log says what it cost.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

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
