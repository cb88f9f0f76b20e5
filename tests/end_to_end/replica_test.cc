// Promise: of two control planes on one PostgreSQL database, losing the leader
// or the database costs no client request, moves no weight, and loses no usage.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <functional>
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
#include "tests/end_to_end/harness/http_client.h"
#include "tests/end_to_end/harness/ledger.h"
#include "tests/end_to_end/harness/load.h"
#include "tests/testing/postgres_server.h"

namespace weir::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

// Of each answer.
constexpr int kOutput = 10;
constexpr int kNodes = 2;
// By which a weight may move: what scores do on a busy machine.
constexpr double kJump = 0.15;

FleetOptions ReplicaFleet(const std::string& store) {
  return {.nodes = kNodes,
          .providers = 3,
          .health_check =
              "{kind: models, interval: 1s, timeout: 1s, unhealthy_after: 2}",
          .control_planes = 2,
          .store = store,
          .provider_flags = {"--latency", "5ms", "--tokens",
                             absl::StrCat(kOutput)}};
}

class ReplicaTest : public ::testing::Test {
 protected:
  void SetUp() override {
    auto server = PostgresServer::Start();
    ASSERT_TRUE(server.ok()) << server.status();
    server_ = *std::move(server);
    const absl::StatusOr<std::string> store = server_->NewDatabase();
    ASSERT_TRUE(store.ok()) << store.status();
    fleet_.emplace(ReplicaFleet(*store));
    const absl::Status started = fleet_->Start();
    ASSERT_TRUE(started.ok()) << started;
  }

  // Weights that a new leader could get wrong: p3 fails all, so it has none.
  void MakeUneven() {
    ASSERT_TRUE(fleet_->Control(2, R"({"status":{"code":500}})").ok());
    ASSERT_TRUE(Eventually([this] {
      return Far({0.5, 0.5, 0}) < 0.01;
    })) << fleet_->Logs();
  }

  void StartLoads(absl::Duration duration) {
    for (int node = 0; node < kNodes; ++node) {
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

  void ExpectExactLedger() {
    ASSERT_TRUE(AwaitLedger(*fleet_)) << fleet_->Logs();
    LedgerByProvider ledger = LedgerOf(*fleet_);
    for (const auto& [provider, seen] : SeenByProviders(*fleet_)) {
      // Who never had any weight is not in it.
      const LedgerCounts kept = ledger[provider];
      EXPECT_EQ(kept.attempts, seen.attempts) << provider;
      EXPECT_EQ(kept.answered, seen.answered) << provider;
      EXPECT_EQ(kept.delivered, seen.answered) << provider;
      EXPECT_EQ(kept.output, kOutput * seen.answered) << provider;
    }
  }

  // Of p1, p2 ... the farthest that any node's weight is from `wanted`.
  double Far(const std::vector<double>& wanted) {
    double farthest = 0;
    for (int node = 0; node < kNodes; ++node) {
      for (std::size_t i = 0; i < wanted.size(); ++i) {
        const double weight = fleet_->WeightAt(fleet_->Ops(node), "gpt-4.1",
                                               absl::StrCat("p", i + 1));
        farthest = std::max(farthest, std::abs(weight - wanted[i]));
      }
    }
    return farthest;
  }

  bool Leads(int index) {
    const absl::StatusOr<HttpAnswer> page =
        Get(fleet_->control_plane(index).address("http"), "/metrics");
    return page.ok() && page->body.find("\nweir_leader 1") != std::string::npos;
  }

  // Whether both serve nodes and operators: the follower by the leader.
  bool AllServe() {
    for (int index = 0; index < fleet_->control_planes(); ++index) {
      const absl::StatusOr<HttpAnswer> answer =
          Get(fleet_->control_plane(index).address("http"), "/readyz");
      if (!answer.ok() || answer->status != 200) return false;
    }
    return true;
  }

  // Eventually(), and how far weights moved meanwhile from MakeUneven().
  bool EventuallyWatching(const std::function<bool()>& condition,
                          absl::Duration limit = absl::Seconds(30)) {
    return Eventually(
        [&] {
          farthest_ = std::max(farthest_, Far({0.5, 0.5, 0}));
          return condition();
        },
        limit);
  }

  // For how long the leader has not been able to store usage.
  double UsageFailsFor() {
    double longest = 0;
    for (int index = 0; index < fleet_->control_planes(); ++index) {
      const absl::StatusOr<HttpAnswer> page =
          Get(fleet_->control_plane(index).address("http"), "/metrics");
      if (!page.ok()) continue;
      const std::string name = "\nweir_ledger_failing_seconds ";
      const std::size_t at = page->body.find(name);
      if (at == std::string::npos) continue;
      longest =
          std::max(longest, std::stod(page->body.substr(at + name.size())));
    }
    return longest;
  }

  // Whether both nodes run what the leader published last.
  bool InStep() {
    const auto nodes = fleet_->CtlJson({"nodes"});
    if (!nodes.ok() || At(*nodes, "/weights/sequence").empty()) return false;
    for (int node = 0; node < kNodes; ++node) {
      const std::string at = absl::StrCat("/nodes/", node);
      if (At(*nodes, at + "/connected") != "true" ||
          At(*nodes, at + "/weights/epoch") != At(*nodes, "/weights/epoch")) {
        return false;
      }
    }
    return true;
  }

  // Stopped after the fleet, which would wait for it.
  std::unique_ptr<PostgresServer> server_;
  std::optional<Fleet> fleet_;
  std::vector<std::unique_ptr<Load>> loads_;
  double farthest_ = 0;
};

TEST_F(ReplicaTest, AFollowerServesAsTheLeaderDoes) {
  ASSERT_TRUE(Eventually([this] { return AllServe(); })) << fleet_->Logs();
  const int follower = Leads(0) ? 1 : 0;
  ASSERT_FALSE(Leads(follower));
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
  ASSERT_NO_FATAL_FAILURE(MakeUneven());
  ASSERT_TRUE(Eventually([this] { return AllServe(); })) << fleet_->Logs();
  ASSERT_NO_FATAL_FAILURE(StartLoads(absl::Seconds(120)));
  for (const int index : {0, 1, 0, 1}) {
    const absl::Time begin = absl::Now();
    fleet_->control_plane(index).Terminate();
    const absl::StatusOr<int> code =
        fleet_->control_plane(index).WaitForEnd(absl::Seconds(30));
    ASSERT_TRUE(code.ok()) << code.status();
    EXPECT_EQ(*code, 0);
    ASSERT_TRUE(fleet_->control_plane(index).Start().ok());
    ASSERT_TRUE(EventuallyWatching([this] { return AllServe(); }))
        << fleet_->Logs();
    ASSERT_TRUE(
        EventuallyWatching([this] { return InStep(); }, absl::Seconds(60)))
        << fleet_->Logs();
    std::printf("control plane %d is replaced after %s\n", index + 1,
                absl::FormatDuration(absl::Now() - begin).c_str());
  }
  std::printf("no weight moved by more than %.3f\n", farthest_);
  EXPECT_LT(farthest_, kJump);
  ExpectNoFailure();
  ExpectExactLedger();
}

TEST_F(ReplicaTest, ALeaderThatIsKilledIsFollowedUnseen) {
  ASSERT_NO_FATAL_FAILURE(MakeUneven());
  ASSERT_NO_FATAL_FAILURE(StartLoads(absl::Seconds(120)));
  const int leader = Leads(0) ? 0 : 1;
  ASSERT_TRUE(Leads(leader));
  ASSERT_FALSE(Leads(1 - leader));

  fleet_->control_plane(leader).Kill();
  const absl::Time killed = absl::Now();
  ASSERT_TRUE(EventuallyWatching([&] { return Leads(1 - leader); }))
      << fleet_->Logs();
  std::printf("the other leads after %s\n",
              absl::FormatDuration(absl::Now() - killed).c_str());
  EXPECT_TRUE(
      EventuallyWatching([this] { return InStep(); }, absl::Seconds(60)))
      << fleet_->Logs();
  std::printf(
      "both nodes run its weights after %s; no weight moved by more "
      "than %.3f\n",
      absl::FormatDuration(absl::Now() - killed).c_str(), farthest_);
  EXPECT_LT(farthest_, kJump);

  // Who was killed comes back, and follows.
  ASSERT_TRUE(fleet_->control_plane(leader).Start().ok());
  EXPECT_TRUE(Eventually([this] { return AllServe(); })) << fleet_->Logs();
  EXPECT_FALSE(Leads(leader));
  ExpectNoFailure();
  ExpectExactLedger();
}

TEST_F(ReplicaTest, ADatabaseThatIsAwayStopsNothingButWritesToItself) {
  ASSERT_NO_FATAL_FAILURE(StartLoads(absl::Seconds(120)));
  ASSERT_TRUE(fleet_->Ctl({"key", "create", "before"})->exit_code == 0);
  server_->Stop();
  const auto refused = fleet_->Ctl({"key", "create", "meanwhile"});
  ASSERT_TRUE(refused.ok()) << refused.status();
  EXPECT_NE(refused->exit_code, 0);
  EXPECT_THAT(refused->output, HasSubstr("can't be reached"));
  // Health and weights go on.
  ASSERT_NO_FATAL_FAILURE(MakeUneven());
  const auto says_so = [this] {
    const auto status = fleet_->Ctl({"status"});
    return status.ok() &&
           status->output.find("nothing can be changed") != std::string::npos;
  };
  EXPECT_TRUE(Eventually(says_so, absl::Seconds(30))) << fleet_->Logs();
  EXPECT_TRUE(
      Eventually([this] { return UsageFailsFor() > 15; }, absl::Seconds(60)))
      << fleet_->Logs();
  EXPECT_TRUE(Leads(0) || Leads(1));
  EXPECT_TRUE(AllServe());
  std::printf("the database was away for more than 15 s\n");

  ASSERT_TRUE(server_->Resume().ok());
  EXPECT_TRUE(Eventually(
      [this] {
        const auto created = fleet_->Ctl({"key", "create", "after"});
        return created.ok() && created->exit_code == 0;
      },
      absl::Seconds(30)))
      << fleet_->Logs();
  ExpectNoFailure();
  ExpectExactLedger();
}

}  // namespace
}  // namespace weir::testing
