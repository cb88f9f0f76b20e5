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
  (*spent.mutable_fallback_by_model())["huge"] = "large";

  const QuotaWord word = QuotaWordOf(update);
  EXPECT_EQ(word.time_to_live, absl::Seconds(10));
  EXPECT_EQ(word.nodes, 3);
  EXPECT_THAT(word.leases, ElementsAre(Pair("key/demo/rpm", 2.5)));
  EXPECT_THAT(word.spent,
              ElementsAre(QuotaWord::Spent{"ever", absl::InfiniteFuture(), ""},
                          QuotaWord::Spent{"today",
                                           absl::FromUnixSeconds(1'700'000'000),
                                           "small",
                                           {{"huge", "large"}}}));
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

TEST(QuotaCodecTest, AdmissionsAreOfTheirLimits) {
  routing::v1::QuotaUpdate update;
  update.add_leases()->set_limit("key/demo/tpm");
  routing::v1::LimitLease& lease = *update.add_leases();
  lease.set_limit("key/demo/rpm");
  lease.mutable_admission()->set_answered(7);
  lease.mutable_admission()->set_granted(5);
  lease.mutable_admission()->mutable_closed_for()->set_seconds(6);
  EXPECT_THAT(
      QuotaWordOf(update).admissions,
      ElementsAre(Pair("key/demo/rpm", AdmissionWord{7, 5, absl::Seconds(6)})));
  // Nobody is refused for longer than a minute by one word.
  lease.mutable_admission()->mutable_closed_for()->set_seconds(1'000'000);
  EXPECT_EQ(QuotaWordOf(update).admissions.at("key/demo/rpm").closed_for,
            absl::Minutes(1));
}

TEST(QuotaCodecTest, DemandsAreOfTheReport) {
  const routing::v1::Report report =
      WithDemands({{"key/demo/concurrent", 5, 2, 1, 4, 3, 2, 1.5}}, {});
  ASSERT_EQ(report.limits_size(), 1);
  EXPECT_EQ(report.limits(0).limit(), "key/demo/concurrent");
  EXPECT_EQ(report.limits(0).wanted(), 5);
  EXPECT_EQ(report.limits(0).refused(), 2);
  EXPECT_EQ(report.limits(0).held(), 1);
  EXPECT_EQ(report.limits(0).asked(), 4);
  EXPECT_EQ(report.limits(0).waiting(), 3);
  EXPECT_EQ(report.limits(0).granted(), 2);
  EXPECT_EQ(report.limits(0).share(), 1.5);
}

}  // namespace
}  // namespace weir::dataplane
