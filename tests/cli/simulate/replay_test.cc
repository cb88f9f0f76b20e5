#include "cli/simulate/replay.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/cli/simulate/sample.h"

namespace weir::simulate {
namespace {

class ReplayTest : public ::testing::Test {
 protected:
  // A request for m that `provider` was asked first for.
  routing::v1::Decision& Record(const std::string& provider, double draw) {
    routing::v1::Decision& decision = *decisions_.Add();
    decision.set_request_id("req_" + std::to_string(decisions_.size()));
    decision.set_model("m");
    decision.set_complexity(config::v1::COMPLEXITY_SIMPLE);
    decision.set_draw(draw);
    routing::v1::DecisionAttempt& attempt = *decision.add_attempts();
    attempt.set_provider(provider);
    attempt.set_upstream_model("m");
    return decision;
  }
  admin::v1::Replay Replay(const WhatIf& what_if = {}) {
    Scenario scenario = ScenarioOf(TwoProviders(), "m", what_if);
    scenario.regions = RegionsOf(decisions_);
    return MakeAgain(decisions_, scenario, SettleUnder(scenario));
  }

  Decisions decisions_;
};

TEST_F(ReplayTest, UnderTheSamePolicyTheSameDrawsPickTheSame) {
  Record("a", 0);
  Record("a", 0.49);
  Record("b", 0.51);
  Record("b", 0.99);
  const admin::v1::Replay replay = Replay();
  EXPECT_EQ(replay.decisions(), 4u);
  EXPECT_EQ(replay.moved(), 0u);
  ASSERT_EQ(replay.targets_size(), 2);
  EXPECT_EQ(replay.targets(0).recorded(), 2u);
  EXPECT_EQ(replay.targets(0).replayed(), 2u);
}

TEST_F(ReplayTest, WhatWentToADeadTargetGoesElsewhere) {
  Record("a", 0.2);
  Record("b", 0.7);
  const admin::v1::Replay replay = Replay({.down = {"a"}});
  EXPECT_EQ(replay.moved(), 1u);
  ASSERT_EQ(replay.moves_size(), 1);
  EXPECT_EQ(replay.moves(0).request_id(), "req_1");
  EXPECT_EQ(replay.moves(0).before(), "a/m");
  EXPECT_EQ(replay.moves(0).now(), "b/m");
}

TEST_F(ReplayTest, AConversationStaysWhileItsTargetHasWeight) {
  Record("b", 0.1).set_by_affinity(true);
  EXPECT_EQ(Replay().moved(), 0u);
  EXPECT_EQ(Replay({.down = {"b"}}).moved(), 1u);
}

TEST_F(ReplayTest, TokensCostWhatTheNewTargetAsks) {
  routing::v1::Decision& decision = Record("a", 0.2);
  decision.set_input_tokens(1000);
  decision.set_output_tokens(100);
  decision.set_cost_usd(0.0028);
  Record("a", 0.2);  // Of this one nothing is known.
  const admin::v1::Replay replay = Replay({.down = {"a"}});
  EXPECT_DOUBLE_EQ(replay.recorded_cost_usd(), 0.0028);
  EXPECT_DOUBLE_EQ(replay.replayed_cost_usd(), (1000 * 1 + 100 * 4) / 1e6);
}

TEST_F(ReplayTest, ModelsThatAreGoneAreSkipped) {
  Record("a", 0.2).set_model("gone");
  Record("a", 0.2).clear_model();
  const admin::v1::Replay replay = Replay();
  EXPECT_EQ(replay.decisions(), 0u);
  EXPECT_EQ(replay.skipped(), 2u);
}

TEST_F(ReplayTest, WhereNobodyCouldBeAskedSomebodyMayBeNow) {
  Record("a", 0.2).clear_attempts();
  const admin::v1::Replay replay = Replay();
  ASSERT_EQ(replay.moves_size(), 1);
  EXPECT_EQ(replay.moves(0).before(), "");
  EXPECT_EQ(replay.moves(0).now(), "a/m");
}

}  // namespace
}  // namespace weir::simulate
