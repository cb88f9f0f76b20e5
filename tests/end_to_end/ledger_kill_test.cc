// Promise: the ledger has each attempt once, to the token, while nodes and the
// control plane are killed. The providers' own counts are what it is held
// against.

#include <gtest/gtest.h>

#include <boost/json/value.hpp>
#include <cstdint>
#include <cstdio>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "tests/end_to_end/harness/eventually.h"
#include "tests/end_to_end/harness/fleet.h"
#include "tests/end_to_end/harness/http_client.h"
#include "tests/end_to_end/harness/load.h"
#include "tests/end_to_end/harness/server.h"

namespace weir::testing {
namespace {

// Of each answer.
constexpr int kOutput = 10;
constexpr int kNodes = 3;

// What one provider was asked for, or what the ledger says of that.
struct Counts {
  std::int64_t attempts = 0;
  // Answered with 200, whatever came of the answer.
  std::int64_t answered = 0;
  // Ledger: whose answer a client got, or left; and tokens of all answers.
  std::int64_t delivered = 0;
  std::int64_t output = 0;
};

class LedgerKillTest : public ::testing::Test {
 protected:
  void SetUp() override {
    const absl::Status started = fleet_.Start();
    ASSERT_TRUE(started.ok()) << started;
    // A twentieth of all requests fails over, and no provider fails so often
    // that it is shunned.
    for (int i = 0; i < fleet_.providers(); ++i) {
      const absl::Status failing =
          fleet_.Control(i, R"({"status":{"code":500,"probability":0.045}})");
      ASSERT_TRUE(failing.ok()) << failing;
    }
  }

  // `rate` requests a second at each node.
  void StartLoads(int rate, double leaving, absl::Duration duration) {
    for (int node = 0; node < kNodes; ++node) {
      const std::string log = absl::StrCat("load.", ++loads_started_, ".json");
      absl::StatusOr<std::unique_ptr<Load>> load =
          Load::Start({.address = fleet_.Api(node),
                       .key = fleet_.key(),
                       .rate = rate,
                       .streams = 0.5,
                       .leaving = leaving,
                       .duration = duration},
                      fleet_.folder() / log);
      ASSERT_TRUE(load.ok()) << load.status();
      loads_.push_back(*std::move(load));
    }
  }

  LoadReport FinishLoads() {
    LoadReport sum;
    for (const std::unique_ptr<Load>& load : loads_) {
      const absl::StatusOr<LoadReport> report = load->Finish();
      EXPECT_TRUE(report.ok()) << report.status();
      if (report.ok()) sum += *report;
    }
    loads_.clear();
    return sum;
  }

  // By provider.
  std::map<std::string, Counts> Seen() {
    std::map<std::string, Counts> seen;
    for (int i = 0; i < fleet_.providers(); ++i) {
      Counts& counts = seen[absl::StrCat("p", i + 1)];
      const boost::json::value stats = fleet_.Stats(i);
      for (const auto& path : stats.at("by_path").as_object()) {
        const std::string name = path.key();
        // The rest are health checks: who lists models takes no tokens.
        if (absl::EndsWith(name, "/models")) continue;
        for (const auto& status : path.value().as_object()) {
          const std::int64_t times = status.value().to_number<std::int64_t>();
          counts.attempts += times;
          if (status.key() == "200") counts.answered += times;
        }
      }
    }
    return seen;
  }

  std::map<std::string, Counts> Ledger() {
    std::map<std::string, Counts> ledger;
    const auto report = fleet_.CtlJson({"cost", "report", "--by", "provider"});
    if (!report.ok()) return ledger;
    for (const boost::json::value& row : report->at("rows").as_array()) {
      const auto number = [&row](const std::string& field) {
        return std::int64_t{std::stoll(At(row, "/" + field))};
      };
      Counts& counts = ledger[At(row, "/group")];
      counts.attempts = number("attempts");
      counts.answered = number("attempts") - number("failures");
      counts.delivered = number("requests");
      counts.output = number("output");
    }
    return ledger;
  }

  static std::int64_t Attempts(const std::map<std::string, Counts>& of) {
    std::int64_t sum = 0;
    for (const auto& [provider, counts] : of) sum += counts.attempts;
    return sum;
  }

  // Until the ledger has at least as many attempts as providers saw, and
  // nothing more is on its way.
  bool AwaitLedger() {
    return Eventually(
        [this] {
          return fleet_.SumMetric("weir_usage_batches_waiting") == 0 &&
                 fleet_.SumMetric("weir_requests_in_flight") == 0 &&
                 Attempts(Ledger()) >= Attempts(Seen());
        },
        absl::Seconds(30));
  }

  // Lets traffic go on for a while.
  bool AwaitAttempts(std::int64_t more) {
    const std::int64_t then = Attempts(Seen());
    return Eventually([&] { return Attempts(Seen()) >= then + more; },
                      absl::Seconds(60));
  }

  static void Kill(Server& server) {
    server.Kill();
    const absl::Status started = server.Start();
    ASSERT_TRUE(started.ok()) << started;
  }

  void CheckEquality() {
    const std::map<std::string, Counts> ledger = Ledger();
    for (const auto& [provider, seen] : Seen()) {
      const Counts& kept = ledger.at(provider);
      EXPECT_GT(seen.answered, 0) << provider;
      EXPECT_EQ(kept.attempts, seen.attempts) << provider;
      EXPECT_EQ(kept.answered, seen.answered) << provider;
      EXPECT_EQ(kept.delivered, seen.answered) << provider;
      EXPECT_EQ(kept.output, kOutput * seen.answered) << provider;
    }
  }

  // So many attempts were settled for killed nodes, so many clients left.
  void CheckBounds(std::int64_t interrupted, std::int64_t left) {
    std::printf(
        "provider  attempts there  in the ledger  answers there  delivered  "
        "tokens\n");
    const std::map<std::string, Counts> ledger = Ledger();
    for (const auto& [provider, there] : Seen()) {
      const Counts& here = ledger.at(provider);
      // A slot is written before a byte goes out: a killed node may have
      // settled what the provider never saw, and nothing else.
      EXPECT_GE(here.attempts, there.attempts) << provider;
      EXPECT_LE(here.attempts, there.attempts + interrupted) << provider;
      EXPECT_LE(here.delivered, there.answered) << provider;
      EXPECT_GE(here.delivered, there.answered - interrupted) << provider;
      // Of an answer that broke off or was left, some of its tokens.
      EXPECT_GE(here.output, kOutput * (here.delivered - left)) << provider;
      EXPECT_LE(here.output, kOutput * (here.delivered + interrupted))
          << provider;
      std::printf(
          "%8s  %14d  %13d  %13d  %9d  %6d\n", provider.c_str(),
          static_cast<int>(there.attempts), static_cast<int>(here.attempts),
          static_cast<int>(there.answered), static_cast<int>(here.delivered),
          static_cast<int>(here.output));
    }
  }

  Fleet fleet_{
      {.nodes = kNodes,
       .providers = 3,
       .health_check = "{kind: models, interval: 1s, timeout: 1s}",
       .dialects = {"openai", "anthropic", "gemini"},
       .model_fields = "max_output_tokens: 1000",
       .provider_flags = {"--latency", "5ms", "--tokens", absl::StrCat(kOutput),
                          "--tokens-per-second", "200"}}};
  std::vector<std::unique_ptr<Load>> loads_;
  int loads_started_ = 0;
};

TEST_F(LedgerKillTest, EqualsWhatProvidersCounted) {
  // Nobody is killed, nobody leaves; two attempts may fail one after the other.
  ASSERT_NO_FATAL_FAILURE(StartLoads(200, 0, absl::Seconds(20)));
  const LoadReport calm = FinishLoads();
  EXPECT_EQ(calm.cut_silently, 0) << calm.text;
  EXPECT_LT(calm.failed, calm.sent / 100) << calm.text;
  ASSERT_TRUE(AwaitLedger()) << fleet_.Logs();
  ASSERT_NO_FATAL_FAILURE(CheckEquality());

  // A tenth of all clients leaves, and everything is killed in turn.
  ASSERT_NO_FATAL_FAILURE(StartLoads(350, 0.2, absl::Seconds(85)));
  for (int node = 0; node < kNodes; ++node) {
    ASSERT_TRUE(AwaitAttempts(8000));
    ASSERT_NO_FATAL_FAILURE(Kill(fleet_.node(node)));
    ASSERT_TRUE(AwaitAttempts(8000));
    ASSERT_NO_FATAL_FAILURE(Kill(fleet_.control_plane()));
  }
  const LoadReport wild = FinishLoads();
  ASSERT_TRUE(AwaitLedger()) << fleet_.Logs();
  const double interrupted =
      fleet_.SumMetric("weir_usage_attempts_interrupted_total");
  EXPECT_EQ(fleet_.SumMetric("weir_usage_attempts_lost_total"), 0);
  std::printf(
      "requests %d, of which clients left %d and killed nodes broke %d; "
      "attempts interrupted %.0f\n",
      calm.sent + wild.sent, wild.left, wild.failed + wild.cut_silently,
      interrupted);
  CheckBounds(static_cast<std::int64_t>(interrupted), wild.left);
  EXPECT_GE(calm.sent + wild.sent, 100'000);
}

}  // namespace
}  // namespace weir::testing
