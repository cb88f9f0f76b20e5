// Promise: of control planes that share a database, losing the one that leads,
// or having two that believe they do, costs no client request.

#include <gtest/gtest.h>
#include <signal.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "tests/end_to_end/failure/failure_scenario.h"
#include "tests/end_to_end/harness/eventually.h"
#include "tests/end_to_end/harness/fleet.h"
#include "tests/end_to_end/harness/ledger.h"
#include "tests/end_to_end/harness/replicas.h"

namespace weir::testing {
namespace {

constexpr absl::Duration kTakeOver = absl::Seconds(10);
// Of a key whose clients want thrice that.
constexpr int kKeyLimitRpm = 1200;

class LeaderFailureTest : public FailureScenario {
 protected:
  void BeginUneven(const std::string& name) {
    ASSERT_NO_FATAL_FAILURE(BeginWithReplicas(name, ReplicaFleet));
    ASSERT_NO_FATAL_FAILURE(MakeUneven(fleet()));
    ASSERT_NO_FATAL_FAILURE(StartTraffic());
    leader_ = Leads(fleet(), 0) ? 0 : 1;
    ASSERT_TRUE(Leads(fleet(), leader_));
    ASSERT_FALSE(Leads(fleet(), other()));
  }
  int other() const { return 1 - leader_; }
  const std::string& OtherAddress() {
    return fleet().control_plane(other()).address("grpc");
  }

  // Until the other one leads and nodes run its weights.
  void AwaitOther(WeightWatch& weights) {
    const absl::Time begin = absl::Now();
    ASSERT_TRUE(weights.Eventually([&] { return Leads(fleet(), other()); }))
        << fleet().Logs();
    const absl::Duration took = absl::Now() - begin;
    EXPECT_LT(took, kTakeOver);
    ASSERT_TRUE(weights.Eventually(
        [&] { return InStep(fleet(), OtherAddress()); }, kPatience))
        << fleet().Logs();
    Saw(absl::StrCat("another leads after ", Seconds(took),
                     ", all nodes follow it after ",
                     Seconds(absl::Now() - begin)));
  }

  // A follower again, and all agree.
  void AwaitAgreement(WeightWatch& weights) {
    EXPECT_TRUE(weights.Eventually([&] {
      return !Leads(fleet(), leader_) && Leads(fleet(), other()) &&
             AllServe(fleet());
    })) << fleet().Logs();
    EXPECT_TRUE(weights.Eventually([&] { return InStep(fleet()); }, kPatience))
        << fleet().Logs();
  }

  void ExpectNoJump(const WeightWatch& weights) {
    EXPECT_LT(weights.farthest(), kJump);
    Saw(absl::StrCat("no weight moved by more than ",
                     Share(weights.farthest())));
  }

  void ExpectNothingLost() {
    EndTraffic();
    ExpectExactLedger(fleet(), kOutput);
    Saw("usage exact");
  }

  int leader_ = 0;
};

TEST_F(LeaderFailureTest, LeaderKilled) {
  ASSERT_NO_FATAL_FAILURE(BeginUneven("leader killed"));
  WeightWatch weights(fleet(), kUneven);
  Done("kill -9 of the leading control plane of two, back later");
  ASSERT_NO_FATAL_FAILURE(StartLimited(kKeyLimitRpm));
  fleet().control_plane(leader_).Kill();
  ASSERT_NO_FATAL_FAILURE(AwaitOther(weights));
  ASSERT_TRUE(fleet().control_plane(leader_).Start().ok());
  AwaitAgreement(weights);
  ExpectLimitHeld();
  ExpectNoJump(weights);
  ExpectNothingLost();
}

TEST_F(LeaderFailureTest, StaleLeader) {
  ASSERT_NO_FATAL_FAILURE(BeginUneven("stale leader"));
  WeightWatch weights(fleet(), kUneven);
  Done("SIGSTOP of the leader until nodes follow another, then SIGCONT");
  ASSERT_NO_FATAL_FAILURE(StartLimited(kKeyLimitRpm));
  fleet().control_plane(leader_).Signal(SIGSTOP);
  ASSERT_NO_FATAL_FAILURE(AwaitOther(weights));
  fleet().control_plane(leader_).Signal(SIGCONT);
  const absl::Time begin = absl::Now();
  AwaitAgreement(weights);
  Saw(absl::StrCat("the old one follows after ", Seconds(absl::Now() - begin)));
  ExpectLimitHeld();
  ExpectNoJump(weights);
  ExpectNothingLost();
}

// Without the database it can't learn that it leads no more; then the one that
// does dies, and nodes have nobody else to turn to.
TEST_F(LeaderFailureTest, StaleLeaderThatCannotKnow) {
  ASSERT_NO_FATAL_FAILURE(BeginUneven("stale leader that can't know"));
  WeightWatch weights(fleet(), kUneven);
  Done(
      "the same without a database when it is back, and the new leader killed");
  fleet().control_plane(leader_).Signal(SIGSTOP);
  ASSERT_NO_FATAL_FAILURE(AwaitOther(weights));
  database().Stop();
  fleet().control_plane(other()).Kill();
  fleet().control_plane(leader_).Signal(SIGCONT);
  const auto refusals = [&] {
    return fleet().SumMetric("weir_lane_updates_total", "outcome=\"refused\"");
  };
  EXPECT_TRUE(weights.Eventually([&] { return refusals() >= fleet().nodes(); },
                                 kPatience))
      << fleet().Logs();
  EXPECT_TRUE(Leads(fleet(), leader_)) << "as far as it knows";
  Saw(absl::StrCat("nodes refused its old epoch ", refusals(), " times"));
  ASSERT_TRUE(LetTrafficGoOn());

  ASSERT_TRUE(database().Resume().ok());
  const absl::Time begin = absl::Now();
  EXPECT_TRUE(weights.Eventually(
      [&] {
        return Leads(fleet(), leader_) &&
               InStep(fleet(), fleet().control_plane(leader_).address("grpc"));
      },
      kPatience))
      << fleet().Logs();
  Saw(
      absl::StrCat("with the database back it leads in a new epoch, nodes "
                   "follow after ",
                   Seconds(absl::Now() - begin)));
  ExpectNoJump(weights);
  ExpectNothingLost();
}

}  // namespace
}  // namespace weir::testing
