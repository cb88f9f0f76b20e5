// Promise: of two control planes on one PostgreSQL database both serve, and
// replacing one after the other costs no client request, moves no weight, and
// loses no usage. What their deaths cost is in failure/.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "tests/end_to_end/harness/eventually.h"
#include "tests/end_to_end/harness/fleet.h"
#include "tests/end_to_end/harness/ledger.h"
#include "tests/end_to_end/harness/load.h"
#include "tests/end_to_end/harness/replicas.h"
#include "tests/testing/postgres_server.h"

namespace weir::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

// Of each answer.
constexpr int kOutput = 10;

class ReplicaTest : public ::testing::Test {
 protected:
  void SetUp() override {
    auto server = PostgresServer::Start();
    ASSERT_TRUE(server.ok()) << server.status();
    server_ = *std::move(server);
    const absl::StatusOr<std::string> store = server_->NewDatabase();
    ASSERT_TRUE(store.ok()) << store.status();
    fleet_.emplace(ReplicaFleet(*store, kOutput));
    const absl::Status started = fleet_->Start();
    ASSERT_TRUE(started.ok()) << started;
  }

  void StartLoads(absl::Duration duration) {
    for (int node = 0; node < fleet_->nodes(); ++node) {
      absl::StatusOr<std::unique_ptr<Load>> load =
          Load::Start({.address = fleet_->Api(node),
                       .key = fleet_->key(),
                       .rate = 100,
                       .duration = duration},
                      fleet_->folder() / absl::StrCat("load.", node, ".json"));
      ASSERT_TRUE(load.ok()) << load.status();
      loads_.push_back(*std::move(load));
    }
  }

  // Ends the load; all of it must have succeeded.
  void ExpectNoFailure() {
    LoadReport sum;
    for (const std::unique_ptr<Load>& load : loads_) {
      load->End();
      const absl::StatusOr<LoadReport> report = load->Finish();
      ASSERT_TRUE(report.ok()) << report.status();
      sum += *report;
    }
    EXPECT_GT(sum.sent, 1000);
    EXPECT_EQ(sum.failed, 0) << sum.text;
    EXPECT_EQ(sum.cut_silently, 0) << sum.text;
    EXPECT_EQ(sum.ended_by_error_event, 0) << sum.text;
    std::printf("%d requests, none failed\n", sum.sent);
  }

  // Stopped after the fleet, which would wait for it.
  std::unique_ptr<PostgresServer> server_;
  std::optional<Fleet> fleet_;
  std::vector<std::unique_ptr<Load>> loads_;
};

TEST_F(ReplicaTest, AFollowerServesAsTheLeaderDoes) {
  ASSERT_TRUE(Eventually([this] { return AllServe(*fleet_); }))
      << fleet_->Logs();
  const int follower = Leads(*fleet_, 0) ? 1 : 0;
  ASSERT_FALSE(Leads(*fleet_, follower));
  const std::string address = fleet_->control_plane(follower).address("grpc");
  const auto created = fleet_->CtlAt(address, {"key", "create", "mine"});
  ASSERT_TRUE(created.ok()) << created.status();
  EXPECT_EQ(created->exit_code, 0) << created->output;
  const auto nodes = fleet_->CtlAt(address, {"nodes"});
  ASSERT_TRUE(nodes.ok()) << nodes.status();
  EXPECT_THAT(nodes->output, AllOf(HasSubstr("node-1"), HasSubstr("node-2")));
  const auto refused = fleet_->CtlAt(address, {"provider", "remove", "nobody"});
  ASSERT_TRUE(refused.ok()) << refused.status();
  EXPECT_NE(refused->exit_code, 0);
  EXPECT_THAT(refused->output, HasSubstr("nobody"));
}

TEST_F(ReplicaTest, ReplacedOneAfterTheOtherUnseen) {
  ASSERT_NO_FATAL_FAILURE(MakeUneven(*fleet_));
  ASSERT_TRUE(Eventually([this] { return AllServe(*fleet_); }))
      << fleet_->Logs();
  ASSERT_NO_FATAL_FAILURE(StartLoads(absl::Seconds(120)));
  WeightWatch weights(*fleet_, kUneven);
  for (const int index : {0, 1, 0, 1}) {
    const absl::Time begin = absl::Now();
    fleet_->control_plane(index).Terminate();
    const absl::StatusOr<int> code =
        fleet_->control_plane(index).WaitForEnd(absl::Seconds(30));
    ASSERT_TRUE(code.ok()) << code.status();
    EXPECT_EQ(*code, 0);
    ASSERT_TRUE(fleet_->control_plane(index).Start().ok());
    ASSERT_TRUE(weights.Eventually([this] { return AllServe(*fleet_); }))
        << fleet_->Logs();
    ASSERT_TRUE(weights.Eventually([this] { return InStep(*fleet_); },
                                   absl::Seconds(60)))
        << fleet_->Logs();
    std::printf("control plane %d is replaced after %s\n", index + 1,
                absl::FormatDuration(absl::Now() - begin).c_str());
  }
  std::printf("no weight moved by more than %.3f\n", weights.farthest());
  EXPECT_LT(weights.farthest(), kJump);
  ExpectNoFailure();
  ExpectExactLedger(*fleet_, kOutput);
}

}  // namespace
}  // namespace weir::testing
