#include "dataplane/worker_report.h"

#include <optional>
#include <string>

#include "absl/time/time.h"
#include "common/ids.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace weir::dataplane {
namespace {

using ::testing::ElementsAre;
using ::testing::Pair;

const TargetId kTarget = MakeTargetId("p", "m");

absl::Time At(int seconds) { return absl::FromUnixSeconds(seconds); }

// What becomes of the target that one worker saw as `a`, another as `b`.
TargetCounters Merged(const TargetCounters& a, const TargetCounters& b) {
  WorkerReport first;
  first.targets[kTarget] = a;
  WorkerReport second;
  second.targets[kTarget] = b;
  WorkerReport merged;
  Merge(first, merged);
  Merge(second, merged);
  return merged.targets.at(kTarget);
}

TEST(MergeTest, UsageAddsUp) {
  WorkerReport one;
  one.usage[{"m", "p"}] = {.input = 1,
                           .cached_input = 2,
                           .output = 3,
                           .unbelievable = 4,
                           .cost = 0.5,
                           .cache_savings = 0.25};
  WorkerReport sum = one;
  Merge(one, sum);
  const UsageCounters& usage = sum.usage.at({"m", "p"});
  EXPECT_EQ(usage.input, 2U);
  EXPECT_EQ(usage.cached_input, 4U);
  EXPECT_EQ(usage.output, 6U);
  EXPECT_EQ(usage.unbelievable, 8U);
  EXPECT_EQ(usage.cost, 1);
  EXPECT_EQ(usage.cache_savings, 0.5);
}

TEST(MergeTest, CountsAddUp) {
  WorkerReport one;
  one.requests_without_model = {{401, 1}};
  one.errors = {{"no_target", 2}};
  one.ignored_headers = {{"x-weir-class", 16}};
  one.dropped_fields = {{"seed", 17}};
  one.connections_accepted = 3;
  one.connections_refused = 4;
  one.retries = 5;
  one.failovers = 6;
  one.streams_completed = 7;
  one.streams_broken = 8;
  one.client_disconnects = 9;
  one.bytes_from_clients = 10;
  one.bytes_to_clients = 11;
  one.connections_open = 12;
  one.requests_in_flight = 13;
  one.streams_in_flight = 14;
  one.body_bytes_in_flight = 15;
  WorkerReport sum = one;
  Merge(one, sum);
  EXPECT_THAT(sum.requests_without_model, ElementsAre(Pair(401, 2)));
  EXPECT_THAT(sum.errors, ElementsAre(Pair("no_target", 4)));
  EXPECT_THAT(sum.ignored_headers, ElementsAre(Pair("x-weir-class", 32)));
  EXPECT_THAT(sum.dropped_fields, ElementsAre(Pair("seed", 34)));
  EXPECT_EQ(sum.connections_accepted, 6u);
  EXPECT_EQ(sum.connections_refused, 8u);
  EXPECT_EQ(sum.retries, 10u);
  EXPECT_EQ(sum.failovers, 12u);
  EXPECT_EQ(sum.streams_completed, 14u);
  EXPECT_EQ(sum.streams_broken, 16u);
  EXPECT_EQ(sum.client_disconnects, 18u);
  EXPECT_EQ(sum.bytes_from_clients, 20u);
  EXPECT_EQ(sum.bytes_to_clients, 22u);
  EXPECT_EQ(sum.connections_open, 24u);
  EXPECT_EQ(sum.requests_in_flight, 26u);
  EXPECT_EQ(sum.streams_in_flight, 28u);
  EXPECT_EQ(sum.body_bytes_in_flight, 30u);
}

TEST(MergeTest, ModelsAddUpByStatusAndBucket) {
  WorkerReport one;
  one.models["m"].requests = {{200, 1}, {503, 2}};
  one.models["m"].latency.buckets[2] = 3;
  one.models["m"].latency.sum = 1.5;
  WorkerReport other;
  other.models["m"].requests = {{200, 10}};
  other.models["m"].latency.buckets[2] = 1;
  other.models["m"].latency.sum = 0.5;
  other.models["n"].requests = {{200, 7}};
  Merge(other, one);
  EXPECT_THAT(one.models["m"].requests,
              ElementsAre(Pair(200, 11), Pair(503, 2)));
  EXPECT_EQ(one.models["m"].latency.buckets[2], 4u);
  EXPECT_EQ(one.models["m"].latency.sum, 2);
  EXPECT_THAT(one.models["n"].requests, ElementsAre(Pair(200, 7)));
}

TEST(MergeTest, AttemptsOfATargetAddUp) {
  TargetCounters one;
  one.attempts = {1, 2, 3, 4, 5, 6};
  one.latency.AddToBucket(3, 2);
  one.in_flight = 7;
  one.connections_opened = 8;
  one.hints_ignored = 10;
  one.hints_capped = 11;
  one.connections_reused = 9;
  const TargetCounters sum = Merged(one, one);
  EXPECT_EQ(sum.attempts.successes, 2u);
  EXPECT_EQ(sum.attempts.endpoint_failures, 4u);
  EXPECT_EQ(sum.attempts.credential_failures, 6u);
  EXPECT_EQ(sum.attempts.rate_limited, 8u);
  EXPECT_EQ(sum.attempts.client_errors, 10u);
  EXPECT_EQ(sum.attempts.cancelled, 12u);
  EXPECT_EQ(sum.latency.bucket(3), 4u);
  EXPECT_EQ(sum.in_flight, 14u);
  EXPECT_EQ(sum.hints_ignored, 20u);
  EXPECT_EQ(sum.hints_capped, 22u);
  EXPECT_EQ(sum.connections_opened, 16u);
  EXPECT_EQ(sum.connections_reused, 18u);
}

struct BreakerCase {
  std::string name;
  BreakerState a;
  BreakerState b;
  BreakerState want;
};

class MergeBreakerTest : public ::testing::TestWithParam<BreakerCase> {};

TEST_P(MergeBreakerTest, TheWorseWinsFromEitherSide) {
  TargetCounters a;
  a.breaker = GetParam().a;
  TargetCounters b;
  b.breaker = GetParam().b;
  EXPECT_EQ(Merged(a, b).breaker, GetParam().want);
  EXPECT_EQ(Merged(b, a).breaker, GetParam().want);
}

INSTANTIATE_TEST_SUITE_P(Table, MergeBreakerTest,
                         ::testing::ValuesIn<BreakerCase>({
                             {"Closed", BreakerState::kClosed,
                              BreakerState::kClosed, BreakerState::kClosed},
                             {"HalfOpenBeatsClosed", BreakerState::kClosed,
                              BreakerState::kHalfOpen, BreakerState::kHalfOpen},
                             {"OpenBeatsHalfOpen", BreakerState::kOpen,
                              BreakerState::kHalfOpen, BreakerState::kOpen},
                             {"OpenBeatsClosed", BreakerState::kOpen,
                              BreakerState::kClosed, BreakerState::kOpen},
                         }),
                         [](const auto& test) { return test.param.name; });

TEST(MergeTest, TheLaterTimesAndTheLatestErrorWin) {
  TargetCounters earlier;
  earlier.last_success = At(5);
  earlier.last_failure = At(1);
  earlier.last_error = "old";
  earlier.consecutive_failures = 1;
  TargetCounters later;
  later.last_failure = At(2);
  later.last_error = "new";
  later.consecutive_failures = 4;
  for (const TargetCounters& merged :
       {Merged(earlier, later), Merged(later, earlier)}) {
    EXPECT_EQ(merged.last_success, At(5));
    EXPECT_EQ(merged.last_failure, At(2));
    EXPECT_EQ(merged.last_error, "new");
    EXPECT_EQ(merged.consecutive_failures, 4u);
  }
}

TEST(MergeTest, TheLessHeadroomAndTheLongerPauseWin) {
  TargetCounters one;
  one.headroom = 0.5;
  one.paused_until = At(3);
  TargetCounters other;
  other.headroom = 0.25;
  other.paused_until = At(7);
  for (const TargetCounters& merged :
       {Merged(one, other), Merged(other, one)}) {
    EXPECT_EQ(merged.headroom, 0.25);
    EXPECT_EQ(merged.paused_until, At(7));
  }
  EXPECT_EQ(Merged(one, {}).headroom, 0.5);
  EXPECT_EQ(Merged({}, one).headroom, 0.5);
  EXPECT_EQ(Merged({}, {}).headroom, std::nullopt);
}

TEST(MergeTest, ACredentialThatAnyWorkerSawRefusedIs) {
  WorkerReport one;
  one.refused_credentials["p"] = {{0, "HTTP 401"}};
  WorkerReport other;
  other.refused_credentials["p"] = {{0, "HTTP 403"}, {1, "HTTP 402"}};
  other.refused_credentials["q"] = {{0, "HTTP 401"}};
  Merge(other, one);
  EXPECT_THAT(one.refused_credentials,
              ElementsAre(Pair("p", ElementsAre(Pair(0, "HTTP 401"),
                                                Pair(1, "HTTP 402"))),
                          Pair("q", ElementsAre(Pair(0, "HTTP 401")))));
}

TEST(MergeTest, NoNewsTakeNothingAway) {
  TargetCounters news;
  news.last_success = At(5);
  const TargetCounters merged = Merged(news, {});
  EXPECT_EQ(merged.last_success, At(5));
  EXPECT_EQ(merged.last_failure, std::nullopt);
}

}  // namespace
}  // namespace weir::dataplane
