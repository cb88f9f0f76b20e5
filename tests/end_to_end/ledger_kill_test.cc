// Promise: the ledger has each attempt once, to the token, while nodes and the
// control plane are killed. The providers' own counts are what it is held
// against.

#include <gtest/gtest.h>

#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "tests/end_to_end/harness/eventually.h"
#include "tests/end_to_end/harness/fleet.h"
#include "tests/end_to_end/harness/ledger.h"
#include "tests/end_to_end/harness/load.h"
#include "tests/end_to_end/harness/server.h"

namespace weir::testing {
namespace {

// Of each answer.
constexpr int kOutput = 10;
constexpr int kNodes = 3;
constexpr const char* kApis[kNodes] = {"openai", "anthropic", "gemini"};

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

  // `rate` requests a second at each node, at each by another API.
  void StartLoads(int rate, double leaving, absl::Duration duration) {
    for (int node = 0; node < kNodes; ++node) {
      const std::string log = absl::StrCat("load.", ++loads_started_, ".json");
      absl::StatusOr<std::unique_ptr<Load>> load =
          Load::Start({.address = fleet_.Api(node),
                       .key = fleet_.key(),
                       .api = kApis[node],
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

  // Lets traffic go on for a while.
  bool AwaitAttempts(std::int64_t more) {
    const std::int64_t then = AttemptsIn(SeenByProviders(fleet_));
    return Eventually(
        [&] { return AttemptsIn(SeenByProviders(fleet_)) >= then + more; },
        absl::Seconds(60));
  }

  static void Kill(Server& server) {
    server.Kill();
    const absl::Status started = server.Start();
    ASSERT_TRUE(started.ok()) << started;
  }

  void CheckEquality() {
    const LedgerByProvider ledger = LedgerOf(fleet_);
    for (const auto& [provider, seen] : SeenByProviders(fleet_)) {
      const LedgerCounts& kept = ledger.at(provider);
      EXPECT_GT(seen.answered, 0) << provider;
      EXPECT_EQ(kept.attempts, seen.attempts) << provider;
      EXPECT_EQ(kept.answered, seen.answered) << provider;
      EXPECT_EQ(kept.delivered, seen.answered) << provider;
      EXPECT_EQ(kept.output, kOutput * seen.answered) << provider;
    }
  }

  // After which a request went elsewhere.
  double FailedAttempts() {
    std::int64_t failed = 0;
    for (const auto& [provider, there] : SeenByProviders(fleet_)) {
      failed += there.attempts - there.answered;
    }
    return static_cast<double>(failed);
  }

  // So many attempts were settled for killed nodes, so many clients left.
  void CheckBounds(std::int64_t interrupted, std::int64_t left) {
    std::printf(
        "provider  attempts there  in the ledger  answers there  delivered  "
        "tokens\n");
    const LedgerByProvider ledger = LedgerOf(fleet_);
    for (const auto& [provider, there] : SeenByProviders(fleet_)) {
      const LedgerCounts& here = ledger.at(provider);
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
  ASSERT_TRUE(AwaitLedger(fleet_)) << fleet_.Logs();
  ASSERT_NO_FATAL_FAILURE(CheckEquality());

  // So many leave that it is a tenth of all clients, and everything is killed
  // in turn.
  ASSERT_NO_FATAL_FAILURE(StartLoads(350, 0.23, absl::Seconds(85)));
  for (int node = 0; node < kNodes; ++node) {
    ASSERT_TRUE(AwaitAttempts(8000));
    ASSERT_NO_FATAL_FAILURE(Kill(fleet_.node(node)));
    ASSERT_TRUE(AwaitAttempts(8000));
    ASSERT_NO_FATAL_FAILURE(Kill(fleet_.control_plane()));
  }
  const LoadReport wild = FinishLoads();
  ASSERT_TRUE(AwaitLedger(fleet_)) << fleet_.Logs();
  const double interrupted =
      fleet_.SumMetric("weir_usage_attempts_interrupted_total");
  EXPECT_EQ(fleet_.SumMetric("weir_usage_attempts_lost_total"), 0);
  std::printf(
      "requests %d, of which clients left %d and killed nodes broke %d; "
      "attempts interrupted %.0f\n",
      calm.sent + wild.sent, wild.left, wild.failed + wild.cut_silently,
      interrupted);
  CheckBounds(static_cast<std::int64_t>(interrupted), wild.left);
  const double sent = calm.sent + wild.sent;
  EXPECT_GE(sent, 100'000);
  EXPECT_GE(wild.left, 0.098 * sent);
  EXPECT_GE(FailedAttempts(), 0.045 * sent);
}

}  // namespace
}  // namespace weir::testing
