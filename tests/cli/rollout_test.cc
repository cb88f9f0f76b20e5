#include <cstdint>
#include <string>

#include "cli/exit_code.h"
#include "tests/cli/weirctl_test.h"

namespace weir::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class RolloutTest : public ServedTest {
 protected:
  // Revision 8 stands, and 5 of 6 nodes run it; 9 is on trial at the other.
  RolloutTest() {
    admin::Rollout& rollout = admin_.rollout;
    rollout.set_phase(admin::ROLLOUT_PHASE_ROLLING);
    rollout.set_standing_revision(8);
    *rollout.mutable_standing() = At(5);
    rollout.set_revision(9);
    *rollout.mutable_version() = At(6);
    rollout.set_wave(1);
    rollout.set_nodes_given(1);
    rollout.set_nodes_took(1);
    rollout.set_nodes_connected(6);
    rollout.set_nodes_converged(6);
    Run(5, 5, {"b", "c"});
    Run(6, 1, {"a"});
  }

  static routing::v1::Version At(std::uint64_t sequence) {
    routing::v1::Version version;
    version.set_epoch(3);
    version.set_sequence(sequence);
    return version;
  }
  void Run(std::uint64_t sequence, std::uint32_t nodes,
           const std::vector<std::string>& names) {
    admin::RunningVersion& running = *admin_.rollout.add_running();
    *running.mutable_version() = At(sequence);
    running.set_nodes(nodes);
    for (const std::string& name : names) running.add_names(name);
  }
  void Halt() {
    admin_.rollout.set_phase(admin::ROLLOUT_PHASE_HALTED);
    admin_.rollout.set_reason("node a refuses it: providers[0]: no");
  }
};

TEST_F(RolloutTest, StatusShowsHowManyNodesRunWhat) {
  const Outcome run = Weirctl({"rollout", "status"});
  EXPECT_EQ(run.exit_code, kOk) << run.err;
  EXPECT_EQ(run.out,
            "revision 9 is being rolled out: wave 1, 1 of 6 nodes have it.\n"
            "REVISION  VERSION  NODES  NAMES\n"
            "8         3.5          5  b, c and 3 more\n"
            "9         3.6          1  a\n");
}

TEST_F(RolloutTest, WhatIsHaltedFails) {
  Halt();
  for (const bool wait : {false, true}) {
    std::vector<std::string> arguments = {"rollout", "status"};
    if (wait) arguments.push_back("--wait");
    const Outcome run = Weirctl(arguments);
    EXPECT_EQ(run.exit_code, kRefused);
    EXPECT_THAT(run.out, HasSubstr("revision 9 is halted after 1 node: node a "
                                   "refuses it: providers[0]: no; nodes run "
                                   "revision 8.\n"));
    EXPECT_THAT(run.err, HasSubstr("weirctl rollout resume"));
  }
}

TEST_F(RolloutTest, WaitGivesUpInTime) {
  const Outcome run =
      Weirctl({"rollout", "status", "--wait", "--within", "0s"});
  EXPECT_EQ(run.exit_code, kUnreachable);
  EXPECT_THAT(run.err, HasSubstr("wave 1, 1 of 6 nodes have it"));
}

TEST_F(RolloutTest, WaitEndsWhenAllRunIt) {
  admin_.rollout.set_phase(admin::ROLLOUT_PHASE_STEADY);
  const Outcome run = Weirctl({"rollout", "status", "--wait"});
  EXPECT_EQ(run.exit_code, kOk);
  EXPECT_THAT(run.out, HasSubstr("revision 8: 6 of 6 nodes run it.\n"));
}

TEST_F(RolloutTest, AChangeThatWasNotSeenYetIsUnderWay) {
  admin_.rollout.set_phase(admin::ROLLOUT_PHASE_STEADY);
  admin_.rollout.set_registry_revision(10);
  admin_.rollout.set_seen_revision(9);
  EXPECT_EQ(
      Weirctl({"rollout", "status", "--wait", "--within", "0s"}).exit_code,
      kUnreachable);
}

TEST_F(RolloutTest, JsonIsTheAnswer) {
  Halt();
  const Outcome run = Weirctl({"rollout", "status", "-o", "json"});
  EXPECT_EQ(run.exit_code, kRefused);
  EXPECT_THAT(run.out, HasSubstr("\"standing_revision\": \"8\""));
}

TEST_F(RolloutTest, AnOperatorMayPushItOnOrEndIt) {
  EXPECT_EQ(Weirctl({"rollout", "resume"}).out, "all nodes are given it.\n");
  EXPECT_EQ(Weirctl({"rollout", "abort"}).out,
            "nodes go back to the last good configuration.\n");
  EXPECT_THAT(admin_.changes, ElementsAre("resume rollout", "abort rollout"));
}

}  // namespace
}  // namespace weir::cli
