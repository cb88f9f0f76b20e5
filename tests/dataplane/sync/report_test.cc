#include <cstdint>
#include <string>

#include "absl/time/time.h"
#include "common/config/effective.h"
#include "common/ids.h"
#include "dataplane/sync/report_build.h"
#include "dataplane/sync/report_extent.h"
#include "dataplane/sync/report_pace.h"
#include "dataplane/worker_report.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/testing/fake_random.h"

namespace weir::dataplane {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

const absl::Time kReportNow = absl::FromUnixSeconds(1000);

// The report of one target p/org/model that `counters` are of.
routing::v1::TargetReport Target(const TargetCounters& counters) {
  routing::v1::Report built;
  AddTarget(MakeTargetId("p", "org/model"), counters, kReportNow, built);
  return built.targets_size() == 1 ? built.targets(0)
                                   : routing::v1::TargetReport{};
}

TEST(ReportBuildTest, TheFirstSlashDividesProviderAndModel) {
  TargetCounters counters;
  counters.attempts.successes = 1;
  EXPECT_EQ(Target(counters).provider(), "p");
  EXPECT_EQ(Target(counters).upstream_model(), "org/model");
}

TEST(ReportBuildTest, CountsHaveTheirPlace) {
  TargetCounters counters;
  counters.attempts = {1, 2, 3, 4, 5, 6};
  counters.in_flight = 7;
  counters.breaker = BreakerState::kHalfOpen;
  const routing::v1::TargetReport target = Target(counters);
  EXPECT_EQ(target.successes(), 1u);
  EXPECT_EQ(target.endpoint_failures(), 2u);
  EXPECT_EQ(target.credential_failures(), 3u);
  EXPECT_EQ(target.rate_limited(), 4u);
  EXPECT_EQ(target.client_errors(), 5u);
  EXPECT_EQ(target.cancelled(), 6u);
  EXPECT_EQ(target.in_flight(), 7u);
  EXPECT_EQ(target.breaker(), routing::v1::BREAKER_STATE_HALF_OPEN);
  EXPECT_FALSE(target.has_since_success());
  EXPECT_FALSE(target.has_since_failure());
}

TEST(ReportBuildTest, AStreamThatBrokeOffIsAFailedAnswer) {
  WorkerReport report;
  report.answers = 23;
  report.failed_answers = 6;
  report.streams_broken = 5;
  const routing::v1::Report built = BuildReport(report, 1);
  EXPECT_EQ(built.answers(), 23u);
  EXPECT_EQ(built.failed_answers(), 11u);
}

TEST(ReportBuildTest, OnlyBucketsThatHoldSomethingTravel) {
  TargetCounters counters;
  counters.attempts.successes = 3;
  counters.latency.AddToBucket(5, 2);
  counters.latency.AddToBucket(143, 1);
  EXPECT_THAT(Target(counters).latency().bucket(), ElementsAre(5, 143));
  EXPECT_THAT(Target(counters).latency().count(), ElementsAre(2, 1));
}

TEST(ReportBuildTest, TimesAreAges) {
  TargetCounters counters;
  counters.attempts.successes = 1;
  counters.last_success = kReportNow - absl::Seconds(3);
  counters.last_failure =
      kReportNow + absl::Seconds(1);  // A worker a bit ahead.
  EXPECT_EQ(config::ToDuration(Target(counters).since_success()),
            absl::Seconds(3));
  EXPECT_EQ(config::ToDuration(Target(counters).since_failure()),
            absl::ZeroDuration());
}

TEST(ReportBuildTest, ARunOfFailuresEndsWithAnyWorkersSuccess) {
  TargetCounters counters;
  counters.attempts.endpoint_failures = 3;
  counters.consecutive_failures = 3;
  counters.last_failure = kReportNow - absl::Seconds(2);
  counters.last_success = kReportNow - absl::Seconds(3);
  EXPECT_EQ(Target(counters).consecutive_failures(), 3u);
  counters.last_success = kReportNow - absl::Seconds(1);
  EXPECT_EQ(Target(counters).consecutive_failures(), 0u);
}

TEST(ReportBuildTest, LimitsTravelWhileTheyHold) {
  TargetCounters counters;
  counters.attempts.successes = 1;
  EXPECT_FALSE(Target(counters).has_headroom());
  EXPECT_FALSE(Target(counters).has_pause());
  counters.headroom = 0;
  counters.paused_until = kReportNow + absl::Seconds(4);
  EXPECT_TRUE(Target(counters).has_headroom());
  EXPECT_EQ(Target(counters).headroom(), 0);
  EXPECT_EQ(config::ToDuration(Target(counters).pause()), absl::Seconds(4));
  counters.paused_until = kReportNow;
  EXPECT_FALSE(Target(counters).has_pause());
}

TEST(ReportBuildTest, RefusedCredentialsAreNamedByTheirPosition) {
  WorkerReport report;
  report.refused_credentials["p"] = {{0, "HTTP 401"}, {2, "bad\xff"}};
  const routing::v1::Report built = BuildReport(report, 1);
  ASSERT_EQ(built.providers_size(), 1);
  EXPECT_EQ(built.providers(0).provider(), "p");
  ASSERT_EQ(built.providers(0).refused_size(), 2);
  EXPECT_EQ(built.providers(0).refused(0).credential(), 0U);
  EXPECT_EQ(built.providers(0).refused(0).reason(), "HTTP 401");
  EXPECT_EQ(built.providers(0).refused(1).credential(), 2U);
  EXPECT_EQ(built.providers(0).refused(1).reason(), "bad?");
}

TEST(ReportBuildTest, AnErrorIsShortAndPrintable) {
  TargetCounters counters;
  counters.attempts.endpoint_failures = 1;
  counters.last_error = "bad\x01\xff" + std::string(1000, 'x');
  const std::string error = Target(counters).last_error();
  EXPECT_THAT(error, SizeIs(256));
  EXPECT_EQ(error.substr(0, 6), "bad??x");
}

TEST(ReportBuildTest, TargetsWithoutNewsStayOut) {
  WorkerReport report;
  report.requests_in_flight = 3;
  report.streams_in_flight = 2;
  routing::v1::Report built = BuildReport(report, 42);
  AddTarget(MakeTargetId("p", "m"), {}, kReportNow, built);
  EXPECT_THAT(built.targets(), IsEmpty());
  EXPECT_EQ(built.boot_id(), 42u);
  EXPECT_EQ(built.requests_in_flight(), 3u);
  EXPECT_EQ(built.streams_in_flight(), 2u);
}

TEST(ReportBuildTest, ATargetThatIsBusyOrOpenIsNews) {
  TargetCounters busy;
  busy.in_flight = 1;
  EXPECT_EQ(Target(busy).in_flight(), 1u);
  TargetCounters open;
  open.breaker = BreakerState::kOpen;
  EXPECT_EQ(Target(open).breaker(), routing::v1::BREAKER_STATE_OPEN);
}

class ReportPaceTest : public ::testing::Test {
 protected:
  testing::FakeRandom middle_{{0.5}};
  ReportPace pace_{middle_};
};

TEST_F(ReportPaceTest, WithoutAStreamNothingIsDue) {
  EXPECT_EQ(pace_.due(), absl::InfiniteFuture());
  pace_.News(kReportNow);
  pace_.Sent(kReportNow);
  EXPECT_EQ(pace_.due(), absl::InfiniteFuture());
}

TEST_F(ReportPaceTest, AStreamBeginsWithAReport) {
  pace_.Begin(kReportNow, {absl::Seconds(5)});
  EXPECT_EQ(pace_.due(), kReportNow);
}

TEST_F(ReportPaceTest, ThenTheIntervalRules) {
  pace_.Begin(kReportNow, {absl::Seconds(5)});
  pace_.Sent(kReportNow);
  EXPECT_EQ(pace_.due(), kReportNow + absl::Seconds(5));
}

TEST_F(ReportPaceTest, NewsGoAtOnceButNoTwoAreCloserThanTheGap) {
  pace_.Begin(kReportNow, {absl::Seconds(5)});
  pace_.Sent(kReportNow);
  pace_.News(kReportNow + absl::Milliseconds(30));
  EXPECT_EQ(pace_.due(), kReportNow + absl::Milliseconds(100));
  pace_.Sent(kReportNow + absl::Milliseconds(100));
  pace_.News(kReportNow + absl::Seconds(2));
  EXPECT_EQ(pace_.due(), kReportNow + absl::Seconds(2));
}

TEST_F(ReportPaceTest, NewsNeverDelay) {
  pace_.Begin(kReportNow, {absl::Milliseconds(150)});
  pace_.Sent(kReportNow);
  pace_.News(kReportNow + absl::Milliseconds(400));
  EXPECT_EQ(pace_.due(), kReportNow + absl::Milliseconds(150));
}

TEST_F(ReportPaceTest, ManyTargetsGiveTheNextOneTime) {
  pace_.Begin(kReportNow, {absl::Seconds(1)});
  pace_.Sent(kReportNow);
  pace_.Weigh(2500);
  EXPECT_EQ(pace_.due(), kReportNow + absl::Seconds(1));
  pace_.Weigh(10'000);
  EXPECT_EQ(pace_.due(), kReportNow + absl::Seconds(4));
  pace_.News(kReportNow + absl::Seconds(2));
  EXPECT_EQ(pace_.due(), kReportNow + absl::Seconds(2));
}

TEST_F(ReportPaceTest, NewsWhileAReportIsMadeDoNotWaitForItsWeight) {
  pace_.Begin(kReportNow, {absl::Seconds(1)});
  pace_.Sent(kReportNow);
  pace_.News(kReportNow + absl::Milliseconds(50));
  pace_.Weigh(10'000);
  EXPECT_EQ(pace_.due(), kReportNow + absl::Milliseconds(100));
}

TEST_F(ReportPaceTest, AStreamHearsAllOnceAndThenWhatChanges) {
  pace_.Begin(kReportNow, {absl::Seconds(1), ReportExtent::kChanges});
  EXPECT_EQ(pace_.Sent(kReportNow), ReportExtent::kWhole);
  EXPECT_EQ(pace_.Sent(kReportNow), ReportExtent::kChanges);
  pace_.Lost();
  EXPECT_EQ(pace_.Sent(kReportNow), ReportExtent::kWhole);
  EXPECT_EQ(pace_.Sent(kReportNow), ReportExtent::kChanges);
  pace_.End();
  pace_.Begin(kReportNow, {absl::Seconds(1), ReportExtent::kChanges});
  EXPECT_EQ(pace_.Sent(kReportNow), ReportExtent::kWhole);
}

// It adds up what it is told of.
TEST_F(ReportPaceTest, WhoDoesNotKnowOfChangesHearsAllEachTime) {
  pace_.Begin(kReportNow, {absl::Seconds(1), ReportExtent::kWhole});
  EXPECT_EQ(pace_.Sent(kReportNow), ReportExtent::kWhole);
  EXPECT_EQ(pace_.Sent(kReportNow), ReportExtent::kWhole);
}

TEST_F(ReportPaceTest, AnEndedStreamOwesNothing) {
  pace_.Begin(kReportNow, {absl::Seconds(5)});
  pace_.End();
  EXPECT_EQ(pace_.due(), absl::InfiniteFuture());
}

TEST_F(ReportPaceTest, NonsenseIntervalsAreTamed) {
  for (const auto& [stated, want] :
       {std::pair{absl::ZeroDuration(), absl::Seconds(5)},
        {absl::Seconds(-1), absl::Seconds(5)},
        {absl::Nanoseconds(1), absl::Milliseconds(100)},
        {absl::Hours(1000), absl::Minutes(5)}}) {
    pace_.Begin(kReportNow, {stated});
    pace_.Sent(kReportNow);
    EXPECT_EQ(pace_.due(), kReportNow + want) << stated;
  }
}

TEST(ReportPaceJitterTest, IsAFifthEitherWay) {
  testing::FakeRandom low({0.0});
  ReportPace early(low);
  early.Begin(kReportNow, {absl::Seconds(10)});
  early.Sent(kReportNow);
  EXPECT_EQ(early.due(), kReportNow + absl::Seconds(8));
}

}  // namespace
}  // namespace weir::dataplane
