// Promise: a provider that dies under load costs no client anything but the
// streams that had begun there, which say so; it comes back by itself; and a
// control plane that dies costs nothing at all.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "tests/end_to_end/harness/eventually.h"
#include "tests/end_to_end/harness/fleet.h"
#include "tests/end_to_end/harness/load.h"

namespace weir::testing {
namespace {

constexpr char kModel[] = "gpt-4.1";
constexpr absl::Duration kLoad = absl::Seconds(30);

class ProviderDeathTest : public ::testing::Test {
 protected:
  void SetUp() override {
    const absl::Status started = fleet_.Start();
    ASSERT_TRUE(started.ok()) << started;
    for (int node = 0; node < fleet_.nodes(); ++node) {
      absl::StatusOr<std::unique_ptr<Load>> load =
          Load::Start({.address = fleet_.Api(node),
                       .key = fleet_.key(),
                       .model = kModel,
                       .duration = kLoad},
                      fleet_.folder() / absl::StrCat("load.", node, ".json"));
      ASSERT_TRUE(load.ok()) << load.status();
      loads_.push_back(*std::move(load));
    }
  }

  // Requests that all providers together have seen.
  int Seen() {
    int seen = 0;
    for (int provider = 0; provider < fleet_.providers(); ++provider) {
      const std::string total = At(fleet_.Stats(provider), "/requests/total");
      seen += total.empty() ? 0 : std::stoi(total);
    }
    return seen;
  }

  // Waits until the load has gone on for so many requests.
  void LetLoadGoOn(int requests) {
    const int wanted = Seen() + requests;
    ASSERT_TRUE(Eventually([&] { return Seen() >= wanted; }));
  }

  // How long it takes until `condition` holds for p1's weight at every node.
  template <typename Condition>
  absl::Duration UntilWeightAtEveryNode(const Condition& condition,
                                        absl::Duration limit) {
    const absl::Time begin = absl::Now();
    for (int node = 0; node < fleet_.nodes(); ++node) {
      const auto holds = [&] {
        return condition(fleet_.WeightAt(fleet_.Ops(node), kModel, "p1"));
      };
      EXPECT_TRUE(Eventually(holds, limit)) << fleet_.Logs();
    }
    return absl::Now() - begin;
  }

  LoadReport FinishLoad() {
    LoadReport sum;
    for (const std::unique_ptr<Load>& load : loads_) {
      const absl::StatusOr<LoadReport> report = load->Finish();
      EXPECT_TRUE(report.ok()) << report.status();
      if (report.ok()) sum += *report;
    }
    return sum;
  }

  // Streams take 0.8 s, so that some have begun wherever a provider dies.
  Fleet fleet_{{.nodes = 2,
                .providers = 3,
                .provider_flags = {"--latency", "5ms", "--tokens", "40",
                                   "--tokens-per-second", "50"}}};
  std::vector<std::unique_ptr<Load>> loads_;
};

TEST_F(ProviderDeathTest, CostsNoClientARequest) {
  LetLoadGoOn(300);
  fleet_.provider(0).Kill();
  const absl::Duration gone = UntilWeightAtEveryNode(
      [](double weight) { return weight == 0.0; }, absl::Seconds(2));

  LetLoadGoOn(300);
  const absl::Status restarted = fleet_.provider(0).Start();
  ASSERT_TRUE(restarted.ok()) << restarted;
  const absl::Duration back = UntilWeightAtEveryNode(
      [](double weight) { return weight > 0.0; }, absl::Seconds(10));

  LetLoadGoOn(300);
  fleet_.control_plane().Kill();

  const LoadReport report = FinishLoad();
  std::printf(
      "%d requests: %d succeeded, %d failed, %d cut silently; %d streams that "
      "had begun at the dead provider ended with an error event. Its weight "
      "was "
      "zero at every node after %s, and back %s after it was.\n",
      report.sent, report.succeeded, report.failed, report.cut_silently,
      report.ended_by_error_event, absl::FormatDuration(gone).c_str(),
      absl::FormatDuration(back).c_str());
  EXPECT_GT(report.sent, 1000);
  EXPECT_EQ(report.failed, 0) << report.text;
  EXPECT_EQ(report.cut_silently, 0) << report.text;
  EXPECT_EQ(report.succeeded + report.ended_by_error_event, report.sent);
  // Else the provider died while it had nothing to do.
  EXPECT_GT(report.ended_by_error_event, 0);
  EXPECT_LT(report.ended_by_error_event, 60) << report.text;
}

}  // namespace
}  // namespace weir::testing
