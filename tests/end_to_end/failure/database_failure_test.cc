// Promise: a database that is away, however that looks from here, stops nothing
// but writes to itself.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "tests/end_to_end/failure/failure_scenario.h"
#include "tests/end_to_end/failure/own_network.h"
#include "tests/end_to_end/harness/eventually.h"
#include "tests/end_to_end/harness/fleet.h"
#include "tests/end_to_end/harness/ledger.h"
#include "tests/end_to_end/harness/private_network.h"
#include "tests/end_to_end/harness/process.h"
#include "tests/end_to_end/harness/replicas.h"

namespace weir::testing {
namespace {

using ::testing::HasSubstr;

// For so long usage can't be stored: each wait for the database ended at least
// once meanwhile.
constexpr absl::Duration kAway = absl::Seconds(10);

class DatabaseFailureTest : public FailureScenario {
 protected:
  Finished CreateKey(const std::string& name) {
    absl::StatusOr<Finished> created = fleet().Ctl({"key", "create", name});
    EXPECT_TRUE(created.ok()) << created.status();
    return created.ok() ? *std::move(created) : Finished{-1, ""};
  }
  double UsageFailsFor() {
    return std::max(
        fleet().ControlPlaneMetric(0, "weir_ledger_failing_seconds"),
        fleet().ControlPlaneMetric(1, "weir_ledger_failing_seconds"));
  }

  // The database does not answer.
  void ExpectToGoOn() {
    const absl::Time begin = absl::Now();
    const Finished refused = CreateKey("meanwhile");
    EXPECT_NE(refused.exit_code, 0);
    EXPECT_THAT(refused.output, HasSubstr("can't be reached"));
    Saw(absl::StrCat("a change is refused, with the reason, after ",
                     Seconds(absl::Now() - begin)));
    // Health checks go on, and weights follow them.
    const absl::Time failed = absl::Now();
    ASSERT_NO_FATAL_FAILURE(MakeUneven(fleet()));
    Saw(absl::StrCat("a provider that failed has no weight after ",
                     Seconds(absl::Now() - failed)));
    const auto says_so = [this] {
      const auto status = fleet().Ctl({"status"});
      return status.ok() &&
             status->output.find("nothing can be changed") != std::string::npos;
    };
    EXPECT_TRUE(Eventually(says_so, absl::Seconds(30))) << fleet().Logs();
    EXPECT_TRUE(Eventually(
        [this] { return UsageFailsFor() > absl::ToDoubleSeconds(kAway); },
        kPatience))
        << fleet().Logs();
    EXPECT_TRUE(Leads(fleet(), 0) || Leads(fleet(), 1));
    EXPECT_TRUE(AllServe(fleet())) << fleet().Logs();
    Saw(absl::StrCat("usage waited ", Seconds(absl::Seconds(UsageFailsFor()))));
  }

  // It answers again.
  void ExpectToRecover() {
    const absl::Time back = absl::Now();
    EXPECT_TRUE(Eventually([&] { return CreateKey("after").exit_code == 0; },
                           absl::Seconds(30)))
        << fleet().Logs();
    Saw(absl::StrCat("changes work again after ", Seconds(absl::Now() - back)));
    EndTraffic();
    ExpectExactLedger(fleet(), kOutput);
    Saw("usage exact");
  }
};

TEST_F(DatabaseFailureTest, Stopped) {
  ASSERT_NO_FATAL_FAILURE(BeginWithReplicas("database stopped", ReplicaFleet));
  ASSERT_NO_FATAL_FAILURE(StartTraffic());
  ASSERT_EQ(CreateKey("before").exit_code, 0);
  Done("PostgreSQL killed: connections are refused");
  database().Stop();
  ASSERT_NO_FATAL_FAILURE(ExpectToGoOn());
  ASSERT_TRUE(database().Resume().ok());
  ExpectToRecover();
}

TEST_F(DatabaseFailureTest, Swallowed) {
  if (!OwnNetwork().ok()) GTEST_SKIP() << OwnNetwork();
  ASSERT_NO_FATAL_FAILURE(
      BeginWithReplicas("database unreachable", ReplicaFleet, kDatabasePort));
  ASSERT_NO_FATAL_FAILURE(StartTraffic());
  ASSERT_EQ(CreateKey("before").exit_code, 0);
  Done("every packet from and to PostgreSQL dropped: connections hang");
  {
    const PacketLoss loss(absl::StrCat(kDatabasePort));
    ASSERT_TRUE(loss.status().ok()) << loss.status();
    ASSERT_NO_FATAL_FAILURE(ExpectToGoOn());
  }
  ExpectToRecover();
}

}  // namespace
}  // namespace weir::testing
