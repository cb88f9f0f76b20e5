// Promise: what a few nodes learn of a provider's death, all of them know.
// Nodes that each had to find out for themselves would spend a breaker's worth
// of failed attempts each.

#include <gtest/gtest.h>

#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "tests/end_to_end/harness/eventually.h"
#include "tests/end_to_end/harness/fleet.h"
#include "tests/end_to_end/harness/load.h"

namespace weir::testing {
namespace {

// Requests a second of the whole fleet, however many nodes share them.
constexpr int kRate = 100;

// What the death of one of three providers came to.
struct Death {
  int failed_attempts = 0;
  int failed_requests = 0;
  absl::Duration until_zero_everywhere;
};

// Until no node sends p1 anything any more.
bool NobodyAsks(Fleet& fleet) {
  for (int node = 0; node < fleet.nodes(); ++node) {
    if (fleet.WeightAt(fleet.Ops(node), "gpt-4.1", "p1") != 0) return false;
  }
  return true;
}

void StartLoad(Fleet& fleet, std::vector<std::unique_ptr<Load>>& loads) {
  for (int node = 0; node < fleet.nodes(); ++node) {
    absl::StatusOr<std::unique_ptr<Load>> load =
        Load::Start({.address = fleet.Api(node),
                     .key = fleet.key(),
                     .rate = kRate / fleet.nodes(),
                     .duration = absl::Seconds(10)},
                    fleet.folder() / absl::StrCat("load.", node, ".json"));
    ASSERT_TRUE(load.ok()) << load.status();
    loads.push_back(*std::move(load));
  }
}

void Die(int nodes, Death& death) {
  Fleet fleet({.nodes = nodes, .providers = 3});
  const absl::Status started = fleet.Start();
  ASSERT_TRUE(started.ok()) << started;
  std::vector<std::unique_ptr<Load>> loads;
  ASSERT_NO_FATAL_FAILURE(StartLoad(fleet, loads));
  const auto attempts = [&fleet] {
    return fleet.SumMetric("weir_attempts_total");
  };
  ASSERT_TRUE(Eventually([&] { return attempts() > 2 * kRate; }));

  const absl::Time begin = absl::Now();
  fleet.provider(0).Kill();
  EXPECT_TRUE(Eventually([&] { return NobodyAsks(fleet); })) << fleet.Logs();
  death.until_zero_everywhere = absl::Now() - begin;
  const double then = attempts();
  EXPECT_TRUE(Eventually([&] { return attempts() > then + 2 * kRate; }));

  for (const std::unique_ptr<Load>& load : loads) {
    const absl::StatusOr<LoadReport> report = load->Finish();
    ASSERT_TRUE(report.ok()) << report.status();
    death.failed_requests += report->failed + report->cut_silently;
  }
  death.failed_attempts = static_cast<int>(
      fleet.SumMetric("weir_attempts_total", "outcome=\"endpoint_failure\""));
}

TEST(FleetDeathTest, TwentyNodesLearnForThePriceOfThree) {
  Death alone;
  ASSERT_NO_FATAL_FAILURE(Die(1, alone));
  Death together;
  ASSERT_NO_FATAL_FAILURE(Die(20, together));
  std::printf("nodes  failed attempts  failed requests  weight 0 everywhere\n");
  std::printf("%5d  %15d  %15d  %s\n", 1, alone.failed_attempts,
              alone.failed_requests,
              absl::FormatDuration(alone.until_zero_everywhere).c_str());
  std::printf("%5d  %15d  %15d  %s\n", 20, together.failed_attempts,
              together.failed_requests,
              absl::FormatDuration(together.until_zero_everywhere).c_str());
  EXPECT_EQ(alone.failed_requests, 0);
  EXPECT_EQ(together.failed_requests, 0);
  EXPECT_GT(alone.failed_attempts, 0);
  EXPECT_LT(together.failed_attempts, 3 * alone.failed_attempts);
}

}  // namespace
}  // namespace weir::testing
