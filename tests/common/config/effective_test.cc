#include "common/config/effective.h"

#include <optional>

#include "absl/time/time.h"
#include "gtest/gtest.h"

namespace weir::config {
namespace {

TEST(EffectiveHealthCheckTest, WhatIsLeftOutHasTheDefault) {
  const HealthCheck check = EffectiveHealthCheck({});
  EXPECT_EQ(check.kind, v1::PROBE_KIND_CHAT);
  EXPECT_EQ(check.model, "");
  EXPECT_EQ(check.interval, absl::Seconds(10));
  EXPECT_EQ(check.timeout, absl::Seconds(5));
  EXPECT_EQ(check.unhealthy_after, 3);
  EXPECT_EQ(check.healthy_after, 5);
}

TEST(EffectiveHealthCheckTest, WhatIsSetWins) {
  v1::Provider provider;
  v1::HealthCheck& set = *provider.mutable_health_check();
  set.set_kind(v1::PROBE_KIND_TCP);
  set.set_model("m");
  *set.mutable_interval() = FromDuration(absl::Milliseconds(100));
  *set.mutable_timeout() = FromDuration(absl::Milliseconds(10));
  set.set_unhealthy_after(1);
  set.set_healthy_after(2);
  const HealthCheck check = EffectiveHealthCheck(provider);
  EXPECT_EQ(check.kind, v1::PROBE_KIND_TCP);
  EXPECT_EQ(check.model, "m");
  EXPECT_EQ(check.interval, absl::Milliseconds(100));
  EXPECT_EQ(check.timeout, absl::Milliseconds(10));
  EXPECT_EQ(check.unhealthy_after, 1);
  EXPECT_EQ(check.healthy_after, 2);
}

TEST(EffectiveTimeoutsTest, EachHasItsOwnDefault) {
  const Timeouts timeouts = EffectiveTimeouts({});
  EXPECT_EQ(timeouts.connect, absl::Seconds(2));
  EXPECT_EQ(timeouts.fast, absl::Seconds(10));
  EXPECT_EQ(timeouts.normal, absl::Seconds(60));
  EXPECT_EQ(timeouts.complex, absl::Seconds(180));
  EXPECT_EQ(timeouts.stream_idle, absl::Seconds(60));
  EXPECT_EQ(timeouts.total, absl::Minutes(15));
}

TEST(EffectiveTimeoutsTest, WhatIsSetWins) {
  v1::Provider provider;
  v1::Timeouts& set = *provider.mutable_timeouts();
  *set.mutable_connect() = FromDuration(absl::Seconds(1));
  *set.mutable_fast() = FromDuration(absl::Seconds(2));
  *set.mutable_normal() = FromDuration(absl::Seconds(3));
  *set.mutable_complex() = FromDuration(absl::Seconds(4));
  *set.mutable_stream_idle() = FromDuration(absl::Seconds(5));
  *set.mutable_total() = FromDuration(absl::Seconds(6));
  const Timeouts timeouts = EffectiveTimeouts(provider);
  EXPECT_EQ(timeouts.connect, absl::Seconds(1));
  EXPECT_EQ(timeouts.fast, absl::Seconds(2));
  EXPECT_EQ(timeouts.normal, absl::Seconds(3));
  EXPECT_EQ(timeouts.complex, absl::Seconds(4));
  EXPECT_EQ(timeouts.stream_idle, absl::Seconds(5));
  EXPECT_EQ(timeouts.total, absl::Seconds(6));
}

TEST(EffectiveBreakerTest, FiveFailuresAndThirtySecondsUnlessSaid) {
  v1::Provider provider;
  EXPECT_EQ(EffectiveBreaker(provider).failures, 5);
  EXPECT_EQ(EffectiveBreaker(provider).recovery, absl::Seconds(30));
  provider.mutable_breaker()->set_failures(2);
  *provider.mutable_breaker()->mutable_recovery() =
      FromDuration(absl::Seconds(1));
  EXPECT_EQ(EffectiveBreaker(provider).failures, 2);
  EXPECT_EQ(EffectiveBreaker(provider).recovery, absl::Seconds(1));
}

TEST(EffectiveComplexityTest, ATargetTakesAllUnlessItSaysWhich) {
  v1::Target target;
  EXPECT_TRUE(Takes(target, v1::COMPLEXITY_SIMPLE));
  target.add_complexity(v1::COMPLEXITY_COMPLEX);
  target.add_complexity(v1::COMPLEXITY_MULTIMODAL);
  EXPECT_FALSE(Takes(target, v1::COMPLEXITY_SIMPLE));
  EXPECT_FALSE(Takes(target, v1::COMPLEXITY_MEDIUM));
  EXPECT_TRUE(Takes(target, v1::COMPLEXITY_COMPLEX));
  EXPECT_TRUE(Takes(target, v1::COMPLEXITY_MULTIMODAL));
}

TEST(EffectiveComplexityTest, EachComplexityHasItsRoute) {
  v1::Model model;
  model.mutable_routes()->set_simple("s");
  model.mutable_routes()->set_medium("m");
  model.mutable_routes()->set_complex("c");
  EXPECT_EQ(RouteFor(model, v1::COMPLEXITY_SIMPLE), "s");
  EXPECT_EQ(RouteFor(model, v1::COMPLEXITY_MEDIUM), "m");
  EXPECT_EQ(RouteFor(model, v1::COMPLEXITY_COMPLEX), "c");
  EXPECT_EQ(RouteFor(model, v1::COMPLEXITY_MULTIMODAL), "");
  EXPECT_EQ(RouteFor(model, v1::COMPLEXITY_UNSPECIFIED), "");
}

TEST(EffectivePolicyTest, DefaultsAreThoseOfTheDesign) {
  const Policy policy = EffectivePolicy({});
  EXPECT_EQ(policy.latency_scale, 5);
  EXPECT_EQ(policy.usable_score, 50);
  EXPECT_EQ(policy.error_rate_ceiling, 0.05);
  EXPECT_EQ(policy.panic_threshold, 0.5);
  EXPECT_EQ(policy.weights_ttl, absl::Seconds(60));
  EXPECT_EQ(policy.ramp, absl::Seconds(30));
  EXPECT_EQ(policy.latency_p95_ceiling, std::nullopt);
}

TEST(EffectivePolicyTest, ZeroIsAValueAndNotTheDefault) {
  v1::Policy set;
  set.set_usable_score(0);
  set.set_panic_threshold(0);
  set.mutable_ramp();
  const Policy policy = EffectivePolicy(set);
  EXPECT_EQ(policy.usable_score, 0);
  EXPECT_EQ(policy.panic_threshold, 0);
  EXPECT_EQ(policy.ramp, absl::ZeroDuration());
}

TEST(EffectiveTargetTest, TheModelsNameIsTheUpstreamNameUnlessSaid) {
  v1::Model model;
  model.set_name("gpt-4.1");
  v1::Target target;
  target.set_provider("relay");
  EXPECT_EQ(UpstreamModel(model, target), "gpt-4.1");
  EXPECT_EQ(TargetIdOf(model, target).value, "relay/gpt-4.1");
  target.set_model("vendor/gpt");
  EXPECT_EQ(UpstreamModel(model, target), "vendor/gpt");
  EXPECT_EQ(TargetIdOf(model, target).value, "relay/vendor/gpt");
}

TEST(EffectiveTargetTest, WeightIsOneUnlessSaidAndZeroCanBeSaid) {
  v1::Target target;
  EXPECT_EQ(BaseWeight(target), 1);
  target.set_weight(0);
  EXPECT_EQ(BaseWeight(target), 0);
}

TEST(EffectiveModelTest, TheMixIsFilledPartByPart) {
  v1::Model model;
  EXPECT_EQ(EffectiveMix(model), (Mix{0.4, 0.3, 0.3}));
  model.mutable_mix()->set_cost(0);
  EXPECT_EQ(EffectiveMix(model), (Mix{0.4, 0.3, 0}));
}

TEST(EffectiveTargetTest, NoCeilingIsNotACeilingOfZero) {
  v1::Target target;
  EXPECT_EQ(MaxLatency(target), std::nullopt);
  *target.mutable_max_latency() = FromDuration(absl::Seconds(3));
  EXPECT_EQ(MaxLatency(target), absl::Seconds(3));
}

TEST(EffectiveModeTest, UnspecifiedIsEnabled) {
  EXPECT_EQ(EffectiveMode(v1::MODE_UNSPECIFIED), v1::MODE_ENABLED);
  EXPECT_EQ(EffectiveMode(v1::MODE_DRAINING), v1::MODE_DRAINING);
  EXPECT_EQ(EffectiveMode(v1::MODE_DISABLED), v1::MODE_DISABLED);
}

class DurationTest : public ::testing::TestWithParam<absl::Duration> {};

TEST_P(DurationTest, SurvivesTheWayThereAndBack) {
  EXPECT_EQ(ToDuration(FromDuration(GetParam())), GetParam());
}

INSTANTIATE_TEST_SUITE_P(
    Table, DurationTest,
    ::testing::Values(absl::ZeroDuration(), absl::Nanoseconds(1),
                      absl::Nanoseconds(-1), absl::Milliseconds(250),
                      absl::Milliseconds(-1500), absl::Hours(24 * 365),
                      absl::Seconds(1) - absl::Nanoseconds(1)));

TEST(DurationTest, WhatIsTooLongBecomesTheLongestThereIs) {
  EXPECT_EQ(FromDuration(absl::InfiniteDuration()).seconds(), 315576000000);
  EXPECT_EQ(FromDuration(-absl::InfiniteDuration()).seconds(), -315576000000);
}

TEST(EffectiveAffinityTest, IsThereWhenItSaysByWhat) {
  v1::Model model;
  EXPECT_FALSE(EffectiveAffinity(model).has_value());
  model.mutable_affinity()->set_max_load(2);
  EXPECT_FALSE(EffectiveAffinity(model).has_value());
  model.mutable_affinity()->set_by(v1::AFFINITY_KEY_PREFIX);
  EXPECT_EQ(EffectiveAffinity(model)->by, v1::AFFINITY_KEY_PREFIX);
  EXPECT_EQ(EffectiveAffinity(model)->max_load, 2);
  model.mutable_affinity()->clear_max_load();
  EXPECT_EQ(EffectiveAffinity(model)->max_load, 1.25);
}

TEST(EffectiveHedgeTest, IsOffUntilItIsSet) {
  v1::Model model;
  EXPECT_FALSE(EffectiveHedge(model).has_value());
  model.mutable_hedge();
  EXPECT_FALSE(EffectiveHedge(model)->after.has_value());
  EXPECT_EQ(EffectiveHedge(model)->budget, 0.05);
  model.mutable_hedge()->set_budget(0);
  *model.mutable_hedge()->mutable_after() = FromDuration(absl::Seconds(2));
  EXPECT_EQ(EffectiveHedge(model)->after, absl::Seconds(2));
  EXPECT_EQ(EffectiveHedge(model)->budget, 0);
}

}  // namespace
}  // namespace weir::config
