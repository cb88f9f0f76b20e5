#include "dataplane/plan/live_state.h"

#include <memory>
#include <optional>

#include "absl/time/time.h"
#include "common/ids.h"
#include "dataplane/plan/breaker.h"
#include "dataplane/plan/credential.h"
#include "dataplane/plan/evidence.h"
#include "dataplane/snapshot.h"
#include "dataplane/worker_report.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/dataplane/small_routing.h"

namespace weir::dataplane {
namespace {

using ::testing::ElementsAre;
using ::testing::Key;
using ::testing::Pair;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

const absl::Time kViewedAt = absl::FromUnixSeconds(1000);

// To be changed.
Evidence& EvidenceOf(const LiveState::View& view, std::size_t target) {
  return view.targets[target]->ChangeEvidence();
}

TEST(LiveStateTest, WhatIsKnownOutlivesAConfiguration) {
  LiveState live;
  testing::SmallRouting before;
  before.AddModel("m", {{"a"}, {"b"}});
  const auto view = live.Align(*before.config);
  ASSERT_THAT(view->targets, SizeIs(2));
  ASSERT_THAT(view->providers, SizeIs(2));
  TargetLive* const b = view->targets[1];
  b->counters.attempts.successes = 7;

  // Another order, one more; `a` is gone.
  testing::SmallRouting after;
  after.AddModel("m", {{"c"}, {"b"}});
  const auto next = live.Align(*after.config);
  EXPECT_EQ(next->targets[1], b);
  EXPECT_EQ(next->providers[1], view->providers[1]);
  EXPECT_NE(next->targets[0], view->targets[0]);
  EXPECT_EQ(next->targets[1]->counters.attempts.successes, 7U);

  // A request that still runs with the old one goes on with its own.
  EvidenceOf(*view, 0).breaker.OnFailure(Breaker::Kind::kConnect, kViewedAt);
  const auto again = live.Align(*before.config);
  EXPECT_EQ(again->targets[0]->evidence().breaker.consecutive_failures(), 1U);
}

TEST(LiveStateTest, WhatWasSeenOfAnotherAddressIsForgotten) {
  LiveState live;
  testing::SmallRouting routing;
  routing.AddModel("m", {{"a"}});
  routing.config->providers[0].host_header = "wrong.test";
  TargetLive& target = *live.Align(*routing.config)->targets[0];
  target.counters.attempts.endpoint_failures = 5;
  for (int i = 0; i < 5; ++i) {
    target.ChangeEvidence().breaker.OnFailure(Breaker::Kind::kAnswer,
                                              kViewedAt);
  }
  EXPECT_EQ(target.evidence().breaker.consecutive_failures(), 5U);
  live.Align(*routing.config);
  EXPECT_EQ(target.evidence().breaker.consecutive_failures(), 5U);
  routing.config->providers[0].host_header = "right.test";
  live.Align(*routing.config);
  EXPECT_EQ(target.evidence().breaker.consecutive_failures(), 0U);
  EXPECT_EQ(target.counters.attempts.endpoint_failures, 5U);
}

TEST(LiveStateTest, OneUpstreamModelIsOneTargetWhateverModelsShareIt) {
  testing::SmallRouting routing;
  routing.AddModel("m", {{"a"}});
  routing.AddModel("n", {{"a"}});
  routing.config->targets[1].id = routing.config->targets[0].id;
  LiveState live;
  const auto view = live.Align(*routing.config);
  EXPECT_EQ(view->targets[0], view->targets[1]);
}

TEST(LiveStateTest, EachCredentialHasABench) {
  testing::SmallRouting routing;
  routing.AddModel("m", {{"a"}});
  LiveState live;
  const auto view = live.Align(*routing.config);
  ProviderLive& provider = *view->providers[0];
  ASSERT_THAT(provider.credentials, SizeIs(1));
  provider.credentials[0].OnRefused("HTTP 401", kViewedAt);
  // The second does not resolve.
  routing.config->providers[0].credentials.push_back({"3", 2});
  live.Align(*routing.config);
  ASSERT_THAT(provider.credentials, SizeIs(3));
  EXPECT_EQ(provider.credentials[0].refused_because(), "HTTP 401");
  EXPECT_EQ(provider.credentials[2].refused_because(), "");
  EXPECT_THAT(view->targets[0]->evidence().limits, SizeIs(3));
  // The first is another one now.
  routing.config->providers[0].credentials[0].headers = "key: rotated\r\n";
  live.Align(*routing.config);
  EXPECT_EQ(provider.credentials[0].refused_because(), "");
}

TEST(LiveStateTest, BreakersFollowTheirProvidersSettings) {
  testing::SmallRouting routing;
  routing.AddModel("m", {{"a"}});
  routing.config->providers[0].breaker = {1, absl::Seconds(4)};
  LiveState live;
  const auto view = live.Align(*routing.config);
  for (TargetLive* const target :
       {view->targets[0], &view->providers[0]->direct}) {
    Breaker& breaker = target->ChangeEvidence().breaker;
    breaker.OnFailure(Breaker::Kind::kAnswer, kViewedAt);
    EXPECT_EQ(breaker.open_until(), kViewedAt + absl::Seconds(4));
  }
}

class OnWeightsTest : public ::testing::Test {
 protected:
  OnWeightsTest() {
    routing_.AddModel("m", {{"a"}});
    view_ = live_.Align(*routing_.config);
    for (int i = 0; i < 5; ++i) {
      breaker().OnFailure(Breaker::Kind::kAnswer, kViewedAt);
    }
  }
  Breaker& breaker() { return EvidenceOf(*view_, 0).breaker; }
  BreakerState After(Standing said) {
    routing_.weights->share[0].standing = said;
    LiveState::OnWeights(*view_, *routing_.weights, kViewedAt);
    return breaker().state(kViewedAt);
  }

  testing::SmallRouting routing_;
  LiveState live_;
  std::shared_ptr<const LiveState::View> view_;
};

TEST_F(OnWeightsTest, ATargetThatBecomesUsableMayBeAskedAtOnce) {
  EXPECT_EQ(After(Standing::kUnhealthy), BreakerState::kOpen);
  EXPECT_EQ(After(Standing::kUnhealthy), BreakerState::kOpen);
  EXPECT_EQ(After(Standing::kUsable), BreakerState::kHalfOpen);
}

TEST_F(OnWeightsTest, AWordFromBeforeTheFailureVouchesForNothing) {
  EXPECT_EQ(After(Standing::kUsable), BreakerState::kOpen);
  EXPECT_EQ(After(Standing::kUsable), BreakerState::kOpen);
}

TEST_F(OnWeightsTest, SilenceBetweenIsNoWord) {
  EXPECT_EQ(After(Standing::kUnhealthy), BreakerState::kOpen);
  EXPECT_EQ(After(Standing::kUnknown), BreakerState::kOpen);
  EXPECT_EQ(After(Standing::kUsable), BreakerState::kHalfOpen);
}

TEST_F(OnWeightsTest, ACredentialThatWorksAgainIsUsedAgain) {
  CredentialLive& credential = view_->providers[0]->credentials[0];
  credential.OnRefused("HTTP 401", kViewedAt);
  routing_.weights->refused_credentials = {{0}};
  LiveState::OnWeights(*view_, *routing_.weights, kViewedAt);
  EXPECT_EQ(credential.benched_until(), kViewedAt + absl::Seconds(10));
  routing_.weights->refused_credentials.clear();
  LiveState::OnWeights(*view_, *routing_.weights, kViewedAt);
  EXPECT_EQ(credential.benched_until(), absl::InfinitePast());
}

// All that was counted.
WorkerReport ReportOf(const LiveState& live, absl::Time now) {
  WorkerReport report;
  EXPECT_FALSE(live.AddTargetsTo(report, now, 0, 100));
  live.AddProvidersTo(report, now);
  return report;
}

TEST(LiveStateTest, AReportSaysWhatLimitsATarget) {
  testing::SmallRouting routing;
  routing.AddModel("m", {{"a"}, {"b"}});
  routing.config->providers[0].credentials.push_back({"2", 1});
  LiveState live;
  const auto view = live.Align(*routing.config);
  EvidenceOf(*view, 0).headroom.OnTold(0.25, std::nullopt, kViewedAt);
  EvidenceOf(*view, 0).limits[0].paused_until = kViewedAt + absl::Seconds(9);
  EvidenceOf(*view, 1).limits[0].paused_until = kViewedAt + absl::Seconds(7);
  view->providers[0]->credentials[1].OnRefused("HTTP 402", kViewedAt);
  WorkerReport report = ReportOf(live, kViewedAt);
  const TargetCounters& a = report.targets[MakeTargetId("a", "up-m")];
  EXPECT_EQ(a.headroom, 0.25);
  // Its other credential may ask.
  EXPECT_EQ(a.paused_until, std::nullopt);
  const TargetCounters& b = report.targets[MakeTargetId("b", "up-m")];
  EXPECT_EQ(b.headroom, std::nullopt);
  EXPECT_EQ(b.paused_until, kViewedAt + absl::Seconds(7));
  EXPECT_THAT(report.refused_credentials,
              ElementsAre(Pair("a", ElementsAre(Pair(1, "HTTP 402")))));
  WorkerReport later = ReportOf(live, kViewedAt + absl::Minutes(2));
  EXPECT_EQ(later.targets[MakeTargetId("a", "up-m")].headroom, std::nullopt);
  EXPECT_EQ(later.targets[MakeTargetId("b", "up-m")].paused_until,
            std::nullopt);
}

TEST(LiveStateTest, AReportHasEveryTarget) {
  testing::SmallRouting routing;
  routing.AddModel("m", {{"a"}, {"b"}});
  LiveState live;
  const auto view = live.Align(*routing.config);
  view->targets[0]->counters.attempts.successes = 3;
  view->targets[0]->counters.last_error = "HTTP 500";
  for (int i = 0; i < 5; ++i) {
    EvidenceOf(*view, 1).breaker.OnFailure(Breaker::Kind::kAnswer, kViewedAt);
  }
  WorkerReport report = ReportOf(live, kViewedAt);
  ASSERT_THAT(report.targets,
              UnorderedElementsAre(Key(MakeTargetId("a", "up-m")),
                                   Key(MakeTargetId("b", "up-m"))));
  const TargetCounters& a = report.targets[MakeTargetId("a", "up-m")];
  EXPECT_EQ(a.attempts.successes, 3U);
  EXPECT_EQ(a.last_error, "HTTP 500");
  EXPECT_EQ(a.breaker, BreakerState::kClosed);
  const TargetCounters& b = report.targets[MakeTargetId("b", "up-m")];
  EXPECT_EQ(b.breaker, BreakerState::kOpen);
  EXPECT_EQ(b.consecutive_failures, 5U);
  WorkerReport later = ReportOf(live, kViewedAt + absl::Seconds(30));
  EXPECT_EQ(later.targets[MakeTargetId("b", "up-m")].breaker,
            BreakerState::kHalfOpen);
}

// By way of the last alignment it comes to the same as without.
TEST(LiveStateTest, ItIsAlignedAlikeByWhatWasAlignedBefore) {
  testing::SmallRouting before;
  before.AddModel("m", {{"a"}, {"b"}, {"c"}});
  before.AddModel("n", {{"a"}, {"b"}});
  testing::SmallRouting without_first;
  without_first.AddModel("m", {{"b"}, {"c"}});
  without_first.AddModel("n", {{"a"}, {"b"}});
  testing::SmallRouting with_more;
  with_more.AddModel("m", {{"a"}, {"d"}, {"b"}, {"c"}});
  with_more.AddModel("o", {{"a"}});
  with_more.AddModel("n", {{"a"}, {"b"}});
  testing::SmallRouting turned;
  turned.AddModel("n", {{"b"}, {"a"}});
  turned.AddModel("m", {{"c"}, {"b"}, {"a"}});
  testing::SmallRouting none;
  for (const auto* after :
       {&before, &without_first, &with_more, &turned, &none}) {
    LiveState live;
    const auto view = live.Align(*before.config);
    const auto next =
        live.Align(*after->config, LiveState::Aligned{*before.config, *view});
    EXPECT_EQ(next->targets, live.Align(*after->config)->targets);
  }
}

TEST(LiveStateTest, WhatChangedAtAProviderReachesItsTargetsAllTheSame) {
  testing::SmallRouting before;
  before.AddModel("m", {{"a"}, {"b"}});
  testing::SmallRouting after = before;
  after.config = std::make_shared<RoutingConfig>(*before.config);
  after.config->providers[0].host_header = "elsewhere.test";
  after.config->providers[1].breaker.failures = 1;
  LiveState live;
  const auto view = live.Align(*before.config);
  EvidenceOf(*view, 0).breaker.OnFailure(Breaker::Kind::kAnswer, kViewedAt);
  live.Align(*after.config, LiveState::Aligned{*before.config, *view});
  EXPECT_EQ(view->targets[0]->evidence().breaker.consecutive_failures(), 0U);
  EvidenceOf(*view, 1).breaker.OnFailure(Breaker::Kind::kAnswer, kViewedAt);
  EXPECT_EQ(view->targets[1]->evidence().breaker.state(kViewedAt),
            BreakerState::kOpen);
}

TEST(LiveStateTest, OfTheFleetsWordOnlyWhatIsNewCounts) {
  testing::SmallRouting routing;
  routing.AddModel("m", {{"a"}, {"b"}});
  LiveState live;
  const auto view = live.Align(*routing.config);
  RoutingWeights first;
  first.share.resize(2);
  for (TargetShare& share : first.share) share.standing = Standing::kUnhealthy;
  LiveState::OnWeights(*view, first, kViewedAt);
  RoutingWeights second = first;
  second.share[1].standing = Standing::kUsable;
  LiveState::OnWeights(*view, second, kViewedAt, &first);
  EXPECT_EQ(view->targets[0]->standing, Standing::kUnhealthy);
  EXPECT_EQ(view->targets[1]->standing, Standing::kUsable);
}

TEST(LiveStateTest, TargetsAreReportedBitByBit) {
  testing::SmallRouting routing;
  routing.AddModel("m", {{"a"}, {"b"}, {"c"}, {"d"}, {"e"}});
  LiveState live;
  live.Align(*routing.config);
  EXPECT_THAT(ReportOf(live, kViewedAt).targets, SizeIs(5));
  WorkerReport report;
  EXPECT_TRUE(live.AddTargetsTo(report, kViewedAt, 0, 2));
  EXPECT_THAT(report.targets, SizeIs(2));
  EXPECT_TRUE(live.AddTargetsTo(report, kViewedAt, 2, 2));
  EXPECT_FALSE(live.AddTargetsTo(report, kViewedAt, 4, 2));
  EXPECT_THAT(report.targets, SizeIs(5));
  EXPECT_FALSE(live.AddTargetsTo(report, kViewedAt, 6, 2));
}

TEST(LiveStateTest, ProvidersAppearOnceTheyWereAddressed) {
  testing::SmallRouting routing;
  routing.AddProvider("a");
  routing.AddProvider("b");
  LiveState live;
  live.Align(*routing.config)
      ->providers[1]
      ->direct.counters.attempts.client_errors = 1;
  WorkerReport report = ReportOf(live, kViewedAt);
  EXPECT_THAT(report.targets, ElementsAre(Key(MakeTargetId("b", ""))));
}

}  // namespace
}  // namespace weir::dataplane
