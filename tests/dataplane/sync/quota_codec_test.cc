#include "dataplane/sync/quota_codec.h"

#include <limits>

#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace weir::dataplane {
namespace {

using ::testing::ElementsAre;
using ::testing::Pair;

TEST(QuotaCodecTest, AWordIsReadWhole) {
  routing::v1::QuotaUpdate update;
  update.mutable_time_to_live()->set_seconds(10);
  update.set_nodes(3);
  routing::v1::LimitLease& lease = *update.add_leases();
  lease.set_limit("key/demo/rpm");
  lease.set_share(2.5);
  update.add_spent()->set_client_key("ever");
  routing::v1::SpentBudget& spent = *update.add_spent();
  spent.set_client_key("today");
  spent.mutable_until()->set_seconds(1'700'000'000);
  spent.set_fallback("small");

  const QuotaWord word = QuotaWordOf(update);
  EXPECT_EQ(word.time_to_live, absl::Seconds(10));
  EXPECT_EQ(word.nodes, 3);
  EXPECT_THAT(word.leases, ElementsAre(Pair("key/demo/rpm", 2.5)));
  EXPECT_THAT(
      word.spent,
      ElementsAre(QuotaWord::Spent{"ever", absl::InfiniteFuture(), ""},
                  QuotaWord::Spent{
                      "today", absl::FromUnixSeconds(1'700'000'000), "small"}));
}

TEST(QuotaCodecTest, NonsenseIsNothing) {
  routing::v1::QuotaUpdate update;
  for (const double share : {-1.0, std::numeric_limits<double>::quiet_NaN()}) {
    update.clear_leases();
    update.add_leases()->set_share(share);
    EXPECT_THAT(QuotaWordOf(update).leases, ElementsAre(Pair("", 0)));
  }
  EXPECT_EQ(QuotaWordOf(update).nodes, 1);
}

TEST(QuotaCodecTest, DemandsAreOfTheReport) {
  const routing::v1::Report report =
      WithDemands({{"key/demo/concurrent", 5, 2, 1}}, {});
  ASSERT_EQ(report.limits_size(), 1);
  EXPECT_EQ(report.limits(0).limit(), "key/demo/concurrent");
  EXPECT_EQ(report.limits(0).wanted(), 5);
  EXPECT_EQ(report.limits(0).refused(), 2);
  EXPECT_EQ(report.limits(0).held(), 1);
}

}  // namespace
}  // namespace weir::dataplane
