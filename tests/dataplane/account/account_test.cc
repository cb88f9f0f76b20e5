#include "dataplane/account/account.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "dataplane/worker_report.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace weir::dataplane {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

TEST(AccountTest, BeginsWithNothing) {
  const WorkerReport report = Account().Copy();
  EXPECT_THAT(report.models, IsEmpty());
  EXPECT_THAT(report.errors, IsEmpty());
  EXPECT_THAT(report.requests_without_model, IsEmpty());
}

TEST(AccountTest, AnswersAreCountedByModelAndStatus) {
  Account account;
  account.OnAnswer("m", 200, absl::Seconds(1));
  account.OnAnswer("m", 200, absl::Seconds(2));
  account.OnAnswer("m", 503, absl::ZeroDuration());
  account.OnAnswer("n", 404, absl::ZeroDuration());
  account.OnAnswerWithoutModel(401);
  account.OnAnswerWithoutModel(401);
  const WorkerReport report = account.Copy();
  ASSERT_EQ(report.models.size(), 2U);
  EXPECT_THAT(report.models.at("m").requests,
              ElementsAre(Pair(200, 2), Pair(503, 1)));
  EXPECT_DOUBLE_EQ(report.models.at("m").latency.sum, 3.0);
  EXPECT_THAT(report.models.at("n").requests, ElementsAre(Pair(404, 1)));
  EXPECT_THAT(report.requests_without_model, ElementsAre(Pair(401, 2)));
  EXPECT_EQ(report.answers, 6U);
  EXPECT_EQ(report.failed_answers, 1U);
}

struct BucketCase {
  absl::Duration latency;
  std::size_t bucket;
};

// Prometheus: a bucket's bound belongs to it.
TEST(AccountTest, ModelsThatTakeTurnsAreCountedApart) {
  Account account;
  for (int i = 0; i < 3; ++i) {
    account.OnAnswer("m", 200, absl::Seconds(1));
    account.OnAnswer("m2", 200, absl::Seconds(1));
    account.OnAnswer("m2", 200, absl::Seconds(1));
  }
  const WorkerReport report = account.Copy();
  EXPECT_THAT(report.models.at("m").requests, ElementsAre(Pair(200, 3)));
  EXPECT_THAT(report.models.at("m2").requests, ElementsAre(Pair(200, 6)));
}

TEST(AccountTest, LatenciesFallIntoTheirBuckets) {
  const std::vector<BucketCase> cases = {
      {absl::ZeroDuration(), 0},     {absl::Milliseconds(100), 0},
      {absl::Milliseconds(101), 1},  {absl::Milliseconds(250), 1},
      {absl::Milliseconds(500), 2},  {absl::Seconds(1), 3},
      {absl::Milliseconds(2500), 4}, {absl::Seconds(5), 5},
      {absl::Seconds(10), 6},        {absl::Milliseconds(10'001), 7},
      {absl::Hours(1), 7},
  };
  for (const BucketCase& c : cases) {
    Account account;
    account.OnAnswer("m", 200, c.latency);
    std::array<std::uint64_t, kLatencyBounds.size() + 1> want{};
    want[c.bucket] = 1;
    EXPECT_EQ(account.Copy().models.at("m").latency.buckets, want) << c.latency;
  }
}

// A stream is counted once as a request; its first token beside that.
TEST(AccountTest, FirstTokensAreCountedBesideTheirRequests) {
  Account account;
  account.OnAnswer("m", 200, absl::Milliseconds(80));
  account.OnFirstToken("m", absl::Milliseconds(80));
  account.OnAnswer("m", 200, absl::Seconds(3));
  const ModelCounters counters = account.Copy().models.at("m");
  EXPECT_THAT(counters.requests, ElementsAre(Pair(200, 2)));
  EXPECT_DOUBLE_EQ(counters.first_token.sum, 0.08);
  // 0.08 is the fourth bound.
  EXPECT_EQ(counters.first_token.buckets[3], 1U);
}

TEST(AccountTest, ErrorsAreCountedByCode) {
  Account account;
  account.OnError("a");
  account.OnError("b");
  account.OnError("a");
  EXPECT_THAT(account.Copy().errors, ElementsAre(Pair("a", 2), Pair("b", 1)));
}

TEST(AccountTest, ACopyHasWhatIsCountedElsewhereAndStandsStill) {
  Account account;
  account.report.retries = 3;
  account.report.errors["internal"] = 1;
  account.OnError("a");
  const WorkerReport copy = account.Copy();
  ++account.report.retries;
  account.OnError("a");
  EXPECT_EQ(copy.retries, 3U);
  EXPECT_THAT(copy.errors, ElementsAre(Pair("a", 1), Pair("internal", 1)));
}

}  // namespace
}  // namespace weir::dataplane
