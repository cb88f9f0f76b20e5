#include "controlplane/rpc/cost_report.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/controlplane/edit_view.h"
#include "tests/controlplane/fake_usage_store.h"
#include "tests/controlplane/sample_resources.h"
#include "tests/controlplane/usage_samples.h"
#include "tests/testing/fake_clock.h"
#include "tests/testing/status_matchers.h"

namespace weir::controlplane {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::weir::testing::IsOk;
using ::weir::testing::StatusIs;
using Request = admin::v1::GetCostReportRequest;
using Response = admin::v1::GetCostReportResponse;

constexpr std::uint64_t kMillion = 1'000'000;

// gpt at 2.40 and 8.00 with the fallback deepseek at 0.10 and 0.42, which the
// price list has.
class CostReportTest : public ::testing::Test {
 protected:
  CostReportTest() {
    *resources_.add_providers() = SampleProvider("east");
    *resources_.add_models() = SampleModel("gpt", "east");
    *resources_.add_models() = SampleModel("deepseek", "east");
    resources_.mutable_models(0)->add_fallback("deepseek");
    config::v1::Price& own =
        *resources_.mutable_models(0)->mutable_targets(0)->mutable_price();
    own.set_input(2.40);
    own.set_output(8);
    config::v1::DatedPrice& listed = *resources_.add_prices();
    listed.set_model("deepseek");
    listed.mutable_price()->set_input(0.10);
    listed.mutable_price()->set_output(0.42);
    config::v1::ClientKey& key = *resources_.add_client_keys();
    key.set_name("demo");
    key.set_team("search");
    ledger_.SetResources(resources_);
    for (const char* name : {"gpt", "deepseek"}) {
      ModelView view{};
      view.model = name;
      view.mode = config::v1::MODE_ENABLED;
      TargetView& target = view.targets.emplace_back();
      target.provider = "east";
      target.upstream_model = name;
      target.state = TargetState::kHealthy;
      target.score = 94;
      fleet_.models.push_back(std::move(view));
    }
  }

  // Ago before now, on the model's own target.
  void Use(const std::string& model, absl::Duration ago, UsageSums sums) {
    UsageRow row = Minute(clock_.WallNow() - ago, std::move(sums));
    row.series.model = model;
    row.series.provider = "east";
    row.series.upstream_model = model;
    ASSERT_THAT(store_.Keep({Batch(1, ++sequence_, {row})}, clock_.WallNow()),
                IsOk());
  }
  absl::StatusOr<Response> Ask(const Request& request = {}) {
    return MakeCostReport({ledger_, resources_, fleet_, clock_.WallNow()},
                          request);
  }
  Response Report(const Request& request = {}) {
    const absl::StatusOr<Response> response = Ask(request);
    EXPECT_THAT(response, IsOk());
    return response.value_or(Response());
  }

  testing::FakeClock clock_;
  FakeUsageStore store_;
  Ledger ledger_{store_, clock_};
  config::v1::Resources resources_;
  FleetView fleet_;
  std::uint64_t sequence_ = 0;
};

// 10 M out: 80 on gpt, 4.20 on deepseek, which would have been 80 on gpt.
TEST_F(CostReportTest, TheLastDayByModelAgainstTheDearest) {
  UsageSums sums{.attempts = 4,
                 .requests = 3,
                 .failures = 1,
                 .output = 10 * kMillion,
                 .latency_total_us = 600'000};
  for (int i = 0; i < 3; ++i) sums.latency.Add(absl::Milliseconds(200));
  Use("gpt", absl::Hours(1), sums);
  Use("deepseek", absl::Hours(2), {.attempts = 1, .output = 10 * kMillion});
  Use("gpt", absl::Hours(25), {.output = kMillion});
  const Response report = Report();
  ASSERT_EQ(report.rows_size(), 2);
  const admin::v1::CostRow& gpt = report.rows(0);
  EXPECT_EQ(gpt.group(), "gpt");
  EXPECT_EQ(gpt.requests(), 3U);
  EXPECT_EQ(gpt.failures(), 1U);
  EXPECT_DOUBLE_EQ(gpt.cost_usd(), 80);
  EXPECT_DOUBLE_EQ(gpt.share(), 80 / 84.2);
  EXPECT_DOUBLE_EQ(gpt.average_latency_ms(), 200);
  EXPECT_NEAR(gpt.p95_latency_ms(), 200, 10);
  EXPECT_EQ(gpt.last_used().seconds(),
            absl::ToUnixSeconds(clock_.WallNow() - absl::Hours(1)));
  EXPECT_DOUBLE_EQ(report.rows(1).cost_usd(), 4.2);
  EXPECT_DOUBLE_EQ(report.rows(1).baseline_usd(), 80);
  EXPECT_FALSE(report.rows(1).has_p95_latency_ms());
  EXPECT_EQ(report.baseline(), "gpt");
  EXPECT_DOUBLE_EQ(report.total().cost_usd(), 84.2);
  EXPECT_DOUBLE_EQ(report.total().baseline_usd(), 160);
  EXPECT_EQ(report.until().seconds(), absl::ToUnixSeconds(clock_.WallNow()));
}

TEST_F(CostReportTest, TheFallbackThatIsCheaperIsSuggested) {
  Use("gpt", absl::Hours(1), {.attempts = 1, .output = 10 * kMillion});
  EXPECT_THAT(Report().suggestions(),
              ElementsAre(HasSubstr("(its fallback deepseek), now at a score "
                                    "of 94, would have cost $4.20")));
  Edit(fleet_.models[1]).mode = config::v1::MODE_DISABLED;
  EXPECT_THAT(Report().suggestions(), IsEmpty());
}

TEST_F(CostReportTest, AChangedPriceChangesNothingOfThePast) {
  Use("gpt", absl::Hours(1), {.output = kMillion});
  resources_.mutable_models(0)->mutable_targets(0)->mutable_price()->set_output(
      100);
  ledger_.SetResources(resources_);
  EXPECT_DOUBLE_EQ(Report().total().cost_usd(), 8);
}

TEST_F(CostReportTest, TeamsAreThoseOfTheirKeys) {
  Use("gpt", absl::Hours(1), {.output = kMillion});
  Request request;
  request.set_group_by(admin::v1::COST_GROUP_TEAM);
  EXPECT_EQ(Report(request).rows(0).group(), "search");
}

TEST_F(CostReportTest, TheBaselineIsAModelWithAPrice) {
  Use("gpt", absl::Hours(1), {.output = kMillion});
  Request request;
  request.set_baseline("deepseek");
  EXPECT_DOUBLE_EQ(Report(request).total().baseline_usd(), 0.42);
  request.set_baseline("o9");
  EXPECT_THAT(Ask(request), StatusIs(absl::StatusCode::kNotFound));
  resources_.clear_prices();
  request.set_baseline("deepseek");
  EXPECT_THAT(Ask(request), StatusIs(absl::StatusCode::kFailedPrecondition));
  resources_.mutable_models(0)->mutable_targets(0)->clear_price();
  EXPECT_EQ(Report().baseline(), "");
  EXPECT_FALSE(Report().total().has_baseline_usd());
}

TEST_F(CostReportTest, WhatMakesNoSenseIsRefused) {
  Request request;
  request.mutable_since()->set_seconds(2000);
  request.mutable_until()->set_seconds(2000);
  EXPECT_THAT(Ask(request), StatusIs(absl::StatusCode::kInvalidArgument));
  request.mutable_since()->set_seconds(-253402300800);
  EXPECT_THAT(Ask(request), StatusIs(absl::StatusCode::kInvalidArgument));
  request = {};
  request.set_group_by(static_cast<admin::v1::CostGroup>(99));
  EXPECT_THAT(Ask(request), StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST_F(CostReportTest, AStoreThatFailsSaysSo) {
  store_.FailWith(absl::UnavailableError("away"));
  EXPECT_THAT(Ask(), StatusIs(absl::StatusCode::kUnavailable));
}

}  // namespace
}  // namespace weir::controlplane
