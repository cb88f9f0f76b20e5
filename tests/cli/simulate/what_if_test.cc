#include "cli/simulate/what_if.h"

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "common/ids.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/cli/simulate/sample.h"
#include "tests/testing/status_matchers.h"
#include "weir/routing/v1/routing.pb.h"

namespace weir::simulate {
namespace {

using ::testing::HasSubstr;
using ::weir::testing::IsOk;

class SupposeTest : public ::testing::Test {
 protected:
  absl::Status Suppose(const WhatIf& what_if) {
    return simulate::Suppose(what_if, resources_, health_);
  }
  const TargetHealth& At(const std::string& provider,
                         const std::string& model) const {
    return health_.at(MakeTargetId(provider, model));
  }

  config::v1::Resources resources_ = TwoProviders();
  FleetHealth health_ = AllWell(resources_, absl::Milliseconds(200));
};

TEST_F(SupposeTest, AProvidersNameIsAboutAllItsTargets) {
  EXPECT_THAT(Suppose({.down = {"a"}, .slow = {"b=800ms"}}), IsOk());
  EXPECT_EQ(At("a", "m").state, TargetHealth::State::kDown);
  EXPECT_EQ(At("a", "only-a").state, TargetHealth::State::kDown);
  EXPECT_EQ(At("b", "m").state, TargetHealth::State::kUp);
  EXPECT_EQ(At("b", "m").latency, absl::Milliseconds(800));
  EXPECT_EQ(At("a", "m").latency, absl::Milliseconds(200));
}

TEST_F(SupposeTest, ATargetsNameIsAboutItAlone) {
  EXPECT_THAT(Suppose({.down = {"a/only-a"}}), IsOk());
  EXPECT_EQ(At("a", "m").state, TargetHealth::State::kUp);
  EXPECT_EQ(At("a", "only-a").state, TargetHealth::State::kDown);
}

TEST_F(SupposeTest, TheLowerOfTwoRateLimitsHolds) {
  resources_.mutable_providers(0)->mutable_limits()->set_max_rpm(50);
  EXPECT_THAT(Suppose({.rate_limit = {"a=100rpm", "b=100rpm"}}), IsOk());
  EXPECT_EQ(resources_.providers(0).limits().max_rpm(), 50);
  EXPECT_EQ(resources_.providers(1).limits().max_rpm(), 100);
}

struct BadWhatIfCase {
  std::string name;
  WhatIf what_if;
  std::string want;
};

class BadSuppositionTest : public ::testing::TestWithParam<BadWhatIfCase> {};

TEST_P(BadSuppositionTest, IsRefusedWithWhatToWrite) {
  config::v1::Resources resources = TwoProviders();
  FleetHealth health = AllWell(resources, absl::Milliseconds(200));
  const absl::Status status = Suppose(GetParam().what_if, resources, health);
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(status.message()), HasSubstr(GetParam().want));
}

INSTANTIATE_TEST_SUITE_P(
    Table, BadSuppositionTest,
    ::testing::ValuesIn<BadWhatIfCase>({
        {"UnknownProvider",
         {.down = {"c"}},
         "--down: there is no provider \"c\"; there are a, b"},
        {"UnknownTarget",
         {.down = {"a/x"}},
         "--down: there is no target \"a/x\"; there are a/m, a/only-a"},
        {"SlowUnknown", {.slow = {"c=1s"}}, "--slow: there is no provider"},
        {"SlowWithoutTime", {.slow = {"a"}}, "write p1=800ms"},
        {"SlowNegative", {.slow = {"a=-1s"}}, "write p1=800ms"},
        {"SlowNothing", {.slow = {"a=0s"}}, "write p1=800ms"},
        {"SlowForEver", {.slow = {"a=inf"}}, "write p1=800ms"},
        {"LimitWithoutUnit", {.rate_limit = {"a=100"}}, "write p1=100rpm"},
        {"LimitOfNothing", {.rate_limit = {"a=0rpm"}}, "write p1=100rpm"},
        {"LimitOfATarget",
         {.rate_limit = {"a/m=5rpm"}},
         "--rate-limit: there is no provider \"a/m\""},
    }),
    [](const auto& test) { return test.param.name; });

TEST(TakeOverTest, WhatTheControlPlaneSeesGoesBeforeWhatIsAssumed) {
  const config::v1::Resources resources = TwoProviders();
  FleetHealth health = AllWell(resources, absl::Milliseconds(200));
  admin::v1::Status status;
  admin::v1::TargetStatus& seen = *status.add_models()->add_targets();
  seen.set_provider("a");
  seen.set_upstream_model("m");
  seen.set_state(routing::v1::TARGET_STATE_AUTO_DISABLED);
  seen.set_success_rate(0.25);
  seen.set_latency_ms(40);
  seen.add_regions()->set_region("eu");
  seen.mutable_regions(0)->set_latency_ms(20);
  status.mutable_models(0)->add_targets()->set_provider("gone");
  TakeOver(status, health);
  const TargetHealth& taken = health.at(MakeTargetId("a", "m"));
  EXPECT_EQ(taken.state, TargetHealth::State::kDown);
  EXPECT_EQ(taken.success_rate, 0.25);
  EXPECT_EQ(taken.latency, absl::Milliseconds(40));
  EXPECT_EQ(taken.latency_by_region.at("eu"), absl::Milliseconds(20));
  EXPECT_EQ(health.at(MakeTargetId("b", "m")).latency, absl::Milliseconds(200));
  EXPECT_EQ(health.size(), 4u);
}

}  // namespace
}  // namespace weir::simulate
