#include "dataplane/plan/live_state.h"

#include <cstddef>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "common/ids.h"
#include "dataplane/plan/breaker.h"
#include "dataplane/worker_report.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/dataplane/small_routing.h"

namespace weir::dataplane {
namespace {

using ::testing::ElementsAre;
using ::testing::Key;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

const absl::Time kNow = absl::FromUnixSeconds(1000);

TEST(LiveStateTest, WhatIsKnownOutlivesAConfiguration) {
  LiveState live;
  testing::SmallRouting before;
  before.AddModel("m", {{"a"}, {"b"}});
  const auto view = live.Align(*before.config);
  ASSERT_THAT(view->targets, SizeIs(2));
  ASSERT_THAT(view->providers, SizeIs(2));
  TargetLive* const b = view->targets[1];
  b->counters.attempts.successes = 7;
  view->providers[1]->in_flight = 3;

  // Another order, one more; `a` is gone.
  testing::SmallRouting after;
  after.AddModel("m", {{"c"}, {"b"}});
  const auto next = live.Align(*after.config);
  EXPECT_EQ(next->targets[1], b);
  EXPECT_EQ(next->providers[1], view->providers[1]);
  EXPECT_NE(next->targets[0], view->targets[0]);
  EXPECT_EQ(next->targets[1]->counters.attempts.successes, 7U);

  // A request that still runs with the old one goes on with its own.
  view->targets[0]->breaker.OnFailure(Breaker::Kind::kConnect, kNow);
  EXPECT_EQ(
      live.Align(*before.config)->targets[0]->breaker.consecutive_failures(),
      1U);
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
  routing.AddProvider("a");
  LiveState live;
  const auto view = live.Align(*routing.config);
  ASSERT_THAT(view->providers[0]->benched_until, SizeIs(1));
  view->providers[0]->benched_until[0] = kNow;
  routing.config->providers[0].credential_headers = {"1", "2", "3"};
  live.Align(*routing.config);
  EXPECT_THAT(view->providers[0]->benched_until,
              ElementsAre(kNow, absl::InfinitePast(), absl::InfinitePast()));
}

TEST(LiveStateTest, AReportHasEveryTarget) {
  testing::SmallRouting routing;
  routing.AddModel("m", {{"a"}, {"b"}});
  LiveState live;
  const auto view = live.Align(*routing.config);
  view->targets[0]->counters.attempts.successes = 3;
  view->targets[0]->counters.last_error = "HTTP 500";
  for (int i = 0; i < 5; ++i) {
    view->targets[1]->breaker.OnFailure(Breaker::Kind::kAnswer, kNow);
  }
  WorkerReport report;
  live.AddTo(report, kNow);
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
  WorkerReport later;
  live.AddTo(later, kNow + absl::Seconds(1));
  EXPECT_EQ(later.targets[MakeTargetId("b", "up-m")].breaker,
            BreakerState::kHalfOpen);
}

TEST(LiveStateTest, ProvidersAppearOnceTheyWereAddressed) {
  testing::SmallRouting routing;
  routing.AddProvider("a");
  routing.AddProvider("b");
  LiveState live;
  live.Align(*routing.config)
      ->providers[1]
      ->direct.counters.attempts.client_errors = 1;
  WorkerReport report;
  live.AddTo(report, kNow);
  EXPECT_THAT(report.targets, ElementsAre(Key(MakeTargetId("b", ""))));
}

struct CredentialCase {
  // Seconds from now until which each is benched.
  std::vector<int> benched;
  std::size_t count;
  std::size_t want;
};

TEST(PickCredentialTest, FollowsTheTable) {
  const std::vector<CredentialCase> cases = {
      {{}, 0, 0},
      {{}, 1, 0},
      {{-5}, 1, 0},
      {{5}, 1, 0},
      {{0}, 1, 0},
      {{-5, -9}, 2, 0},
      {{5, -1}, 2, 1},
      {{5, 3, -1}, 3, 2},
      // All benched: the one that is free the soonest, else the preferred.
      {{5, 3, 9}, 3, 1},
      {{3, 3}, 2, 0},
      // A request with an older configuration has fewer of them.
      {{5, -1}, 1, 0},
      {{5, 3, -1}, 2, 1},
      {{5, -1}, 3, 1},
  };
  for (const CredentialCase& c : cases) {
    ProviderLive live;
    for (const int seconds : c.benched) {
      live.benched_until.push_back(kNow + absl::Seconds(seconds));
    }
    EXPECT_EQ(PickCredential(live, c.count, kNow), c.want)
        << ::testing::PrintToString(c.benched) << " of " << c.count;
  }
}

TEST(CredentialFreeAtTest, IsTheSoonest) {
  ProviderLive live;
  EXPECT_EQ(CredentialFreeAt(live), absl::InfinitePast());
  live.benched_until = {kNow + absl::Seconds(5), kNow + absl::Seconds(3)};
  EXPECT_EQ(CredentialFreeAt(live), kNow + absl::Seconds(3));
  live.benched_until.push_back(absl::InfinitePast());
  EXPECT_EQ(CredentialFreeAt(live), absl::InfinitePast());
}

}  // namespace
}  // namespace weir::dataplane
