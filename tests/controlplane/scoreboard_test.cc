#include "controlplane/scoreboard.h"

#include <memory>
#include <optional>
#include <string>
#include <thread>

#include "absl/time/time.h"
#include "common/ids.h"
#include "controlplane/health/evidence.h"
#include "controlplane/health/target_state.h"
#include "gtest/gtest.h"
#include "tests/controlplane/scoreboard_fixture.h"
#include "weir/config/v1/resources.pb.h"

namespace weir::controlplane {
namespace {

TEST_F(ScoreboardTest, ViewIsEmptyAndNeverNullBeforeResources) {
  Scoreboard fresh(clock_);
  ASSERT_NE(fresh.View(), nullptr);
  EXPECT_TRUE(fresh.View()->models.empty());
}

TEST_F(ScoreboardTest, NewTargetsAreUnknownAndShareEqually) {
  for (const TargetView& target : Model().targets) {
    EXPECT_EQ(target.state, TargetState::kUnknown);
    EXPECT_EQ(target.score, std::nullopt);
    EXPECT_NEAR(target.weight, 1. / 3, 1e-9);
  }
  EXPECT_TRUE(Model().usable);
  EXPECT_EQ(scoreboard_.View()->weights_ttl, absl::Seconds(60));
}

TEST_F(ScoreboardTest, AProbeThatTurnsItsTargetShowsAtOnce) {
  Probe("a", {absl::OkStatus(), absl::Milliseconds(100)});
  const TargetView view = View("a");
  EXPECT_EQ(view.state, TargetState::kHealthy);
  EXPECT_NEAR(*view.score, 94, 1e-9);
  EXPECT_EQ(view.success_rate, 1.0);
  EXPECT_EQ(view.latency, absl::Milliseconds(100));
  EXPECT_EQ(view.last_success, clock_.WallNow());
}

TEST_F(ScoreboardTest, AProbeThatTurnsNothingShowsWithTheNextTick) {
  AllWork();
  Probe("a", {absl::OkStatus(), absl::Milliseconds(200)});
  EXPECT_EQ(View("a").latency, absl::Milliseconds(100));
  scoreboard_.Tick();
  EXPECT_EQ(View("a").latency, absl::Milliseconds(130));
}

TEST_F(ScoreboardTest, DeathShowsAtOnce) {
  const ProbeResult refused{absl::UnavailableError("connection refused"), {}};
  AllWork();
  Probe("b", refused);
  EXPECT_EQ(View("b").state, TargetState::kHealthy);
  Probe("b", refused);
  EXPECT_EQ(View("b").state, TargetState::kUnhealthy);
  EXPECT_EQ(View("b").weight, 0);
  EXPECT_EQ(View("b").rank, 2u);
  EXPECT_EQ(View("b").consecutive_failures, 2u);
  EXPECT_EQ(View("b").last_error, "connection refused");
  EXPECT_NEAR(View("a").weight, 0.5, 1e-9);
  EXPECT_TRUE(Model().usable);
}

TEST_F(ScoreboardTest, ARecoveredTargetRampsBackToItsWeight) {
  AllWork();
  for (int i = 0; i < 5; ++i) Fails("b");
  EXPECT_EQ(View("b").state, TargetState::kAutoDisabled);
  Works("b");
  Works("b");
  EXPECT_EQ(View("b").state, TargetState::kHealthy);
  EXPECT_NEAR(*View("b").score, 94, 1e-9) << "no memory of the outage";
  Tick(absl::Seconds(1));
  EXPECT_NEAR(View("b").weight, 0.1 / 2.1, 0.01);
  for (int i = 0; i < 4; ++i) {
    Tick(absl::Seconds(8));
    AllWork();
  }
  EXPECT_NEAR(View("b").weight, 1. / 3, 0.01);
}

TEST_F(ScoreboardTest, NodesFailuresKillAtOnce) {
  AllWork();
  NodeReport report = ReportOf(Target("b"));
  scoreboard_.OnReport(NodeId{"n"}, report);
  clock_.Advance(absl::Milliseconds(100));
  report.targets[0].endpoint_failures = 2;
  report.targets[0].consecutive_failures = 2;
  report.targets[0].last_error = "HTTP 500";
  scoreboard_.OnReport(NodeId{"n"}, report);
  EXPECT_EQ(View("b").state, TargetState::kUnhealthy);
  EXPECT_EQ(View("b").weight, 0);
  EXPECT_EQ(View("b").last_error, "HTTP 500");
}

TEST_F(ScoreboardTest, WithoutMoneyForProbesTheirSuccessIsOnlyATrial) {
  for (const bool reached : {false, true}) {
    Configure(Parse(""));
    Configure(kThreeProviders);
    scoreboard_.SetProviders(
        {{.provider = "b", .probe_budget_reached = reached}});
    AllWork();
    NodeReport report = ReportOf(Target("b"));
    scoreboard_.OnReport(NodeId{"n"}, report);
    clock_.Advance(absl::Milliseconds(100));
    report.targets[0].endpoint_failures = 2;
    report.targets[0].consecutive_failures = 2;
    scoreboard_.OnReport(NodeId{"n"}, report);
    EXPECT_EQ(View("b").state, TargetState::kUnhealthy);
    report.targets[0].consecutive_failures = 0;
    scoreboard_.OnReport(NodeId{"n"}, report);
    for (int i = 0; i < 2; ++i) {
      clock_.Advance(absl::Milliseconds(100));
      Works("b");
    }
    EXPECT_EQ(View("b").state,
              reached ? TargetState::kDegraded : TargetState::kHealthy);
    EXPECT_EQ(scoreboard_.View()->providers.at(0).probe_budget_reached,
              reached);
  }
}

TEST_F(ScoreboardTest, TheRestOfAReportShowsAtTheNextTick) {
  AllWork();
  NodeReport report = ReportOf(Target("b"));
  report.targets[0].breaker_open = true;
  scoreboard_.OnReport(NodeId{"n"}, report);
  scoreboard_.Tick();
  EXPECT_EQ(View("b").breakers_open, 1u);
  EXPECT_EQ(View("b").state, TargetState::kDegraded);
  scoreboard_.ForgetNodes({NodeId{"n"}});
  EXPECT_EQ(View("b").state, TargetState::kHealthy);
}

TEST_F(ScoreboardTest, ANodeThatSaysNothingHasNothingAgainstAVerdict) {
  AllWork();
  // Node n was succeeding; node o then sees nothing but failures.
  NodeReport good = ReportOf(Target("b"));
  scoreboard_.OnReport(NodeId{"n"}, good);
  NodeReport bad = ReportOf(Target("b"));
  scoreboard_.OnReport(NodeId{"o"}, bad);
  clock_.Advance(absl::Milliseconds(100));
  good.targets[0].successes = 5;
  scoreboard_.OnReport(NodeId{"n"}, good);
  scoreboard_.OnReport(NodeId{"o"}, bad);
  clock_.Advance(absl::Milliseconds(100));
  bad.targets[0].endpoint_failures = 5;
  bad.targets[0].consecutive_failures = 5;
  scoreboard_.OnReport(NodeId{"o"}, bad);
  EXPECT_NE(View("b").state, TargetState::kUnhealthy);

  clock_.Advance(absl::Milliseconds(100));
  scoreboard_.OnReport(NodeId{"n"}, NodeReport{1, "", {}});
  scoreboard_.Tick();
  EXPECT_EQ(View("b").state, TargetState::kUnhealthy);
}

TEST_F(ScoreboardTest, StrangersAreIgnored) {
  scoreboard_.OnProbe(MakeTargetId("x", "y"), {absl::OkStatus(), {}});
  scoreboard_.OnReport(NodeId{"n"}, ReportOf(MakeTargetId("x", "y")));
  EXPECT_EQ(View("a").state, TargetState::kUnknown);
  EXPECT_FALSE(scoreboard_.Turning(MakeTargetId("x", "y")));
}

TEST_F(ScoreboardTest, SilenceMakesATargetUnknownAndNotUnusable) {
  AllWork();
  // b and c are asked each 10 s, a each half second: 30 s is stale for all.
  Tick(absl::Seconds(31));
  EXPECT_EQ(View("a").state, TargetState::kUnknown);
  EXPECT_EQ(View("a").score, std::nullopt);
  EXPECT_TRUE(Model().usable);
}

TEST_F(ScoreboardTest, OperatorsAndCredentialsOverruleHealth) {
  AllWork();
  config::v1::Resources resources = Parse(kThreeProviders);
  resources.mutable_providers(0)->set_mode(config::v1::MODE_DISABLED);
  resources.mutable_models(0)->mutable_targets(1)->set_mode(
      config::v1::MODE_DRAINING);
  Configure(resources, {"c"});
  EXPECT_EQ(View("a").state, TargetState::kDisabled);
  EXPECT_EQ(View("b").state, TargetState::kDraining);
  EXPECT_EQ(View("c").state, TargetState::kNoCredential);
  EXPECT_FALSE(Model().usable);
  EXPECT_FALSE(Model().panic) << "panic is for sick targets only";
  for (const TargetView& target : Model().targets) {
    EXPECT_EQ(target.weight, 0);
  }
}

TEST_F(ScoreboardTest, PanicDoesNotSendWhereTheCredentialIsRefused) {
  for (int i = 0; i < 2; ++i) {
    Fails("a");
    Fails("b");
    scoreboard_.OnProbe(
        Target("c"),
        {absl::UnauthenticatedError("credential refused (HTTP 401)"), {}});
  }
  EXPECT_TRUE(Model().panic);
  EXPECT_FALSE(Model().usable);
  EXPECT_NEAR(View("a").weight, 0.5, 1e-9);
  EXPECT_EQ(View("c").weight, 0);
}

TEST_F(ScoreboardTest, RecordsOfTargetsThatStayAreKept) {
  AllWork();
  config::v1::Resources resources = Parse(kThreeProviders);
  resources.mutable_models(0)->mutable_targets()->DeleteSubrange(2, 1);
  resources.mutable_providers(1)->set_base_url("http://elsewhere.test/v1");
  Configure(resources);
  EXPECT_EQ(View("a").state, TargetState::kHealthy);
  EXPECT_EQ(View("b").state, TargetState::kUnknown) << "it is another place";
  EXPECT_EQ(Model().targets.size(), 2u);

  Configure(kThreeProviders);
  EXPECT_EQ(View("a").state, TargetState::kHealthy);
  EXPECT_EQ(View("c").state, TargetState::kUnknown) << "it was forgotten";
}

TEST_F(ScoreboardTest, AnOperatorsWeightHoldsAtOnce) {
  AllWork();
  Tick(absl::Seconds(1));
  config::v1::Resources resources = Parse(kThreeProviders);
  resources.mutable_models(0)->mutable_targets(0)->set_weight(8);
  Configure(resources);
  EXPECT_NEAR(View("a").weight, 0.8, 1e-9);
}

TEST_F(ScoreboardTest, ModelsThatShareATargetShareItsHealth) {
  config::v1::Resources resources = Parse(kThreeProviders);
  *resources.add_models() = resources.models(0);
  resources.mutable_models(1)->set_name("n");
  for (auto& target : *resources.mutable_models(1)->mutable_targets()) {
    target.set_model("m");
  }
  resources.mutable_models(1)->set_mode(config::v1::MODE_DISABLED);
  Configure(resources);
  Fails("a");
  Fails("a");
  EXPECT_EQ(Model("m").targets[0].state, TargetState::kUnhealthy);
  EXPECT_EQ(Model("n").targets[0].state, TargetState::kUnhealthy);
  EXPECT_TRUE(Model("m").usable);
  EXPECT_FALSE(Model("n").usable) << "its mode says so";
}

TEST_F(ScoreboardTest, ALatencyCeilingHoldsForOneModelOnly) {
  config::v1::Resources resources = Parse(kThreeProviders);
  *resources.add_models() = resources.models(0);
  resources.mutable_models(1)->set_name("impatient");
  for (auto& target : *resources.mutable_models(1)->mutable_targets()) {
    target.set_model("m");
  }
  resources.mutable_models(1)
      ->mutable_targets(0)
      ->mutable_max_latency()
      ->set_nanos(50'000'000);
  Configure(resources);
  AllWork();
  EXPECT_EQ(Model("m").targets[0].state, TargetState::kHealthy);
  EXPECT_EQ(Model("impatient").targets[0].state, TargetState::kUnhealthy);
  EXPECT_EQ(Model("impatient").targets[0].last_error,
            "latency is over its ceiling of 50ms");
}

TEST_F(ScoreboardTest, TurningFollowsTheProbes) {
  Works("a");
  EXPECT_FALSE(scoreboard_.Turning(Target("a")));
  Fails("a");
  EXPECT_TRUE(scoreboard_.Turning(Target("a")));
  Fails("a");
  EXPECT_FALSE(scoreboard_.Turning(Target("a")));
}

TEST_F(ScoreboardTest, OnlyWhatIsNotableIsTold) {
  AllWork();
  const int before = changes_;
  AllWork();
  Tick(absl::Seconds(5));
  EXPECT_EQ(changes_, before);
  Fails("a");
  EXPECT_EQ(changes_, before + 1);
}

// unhealthy_after is 2.
TEST_F(ScoreboardTest, OnlyADeathIsUrgent) {
  AllWork();
  Tick(absl::Seconds(60));
  Fails("a");
  EXPECT_EQ(urgent_changes_, 0);
  Fails("a");
  EXPECT_EQ(View("a").weight, 0);
  EXPECT_EQ(urgent_changes_, 1);
  Works("a");
  Works("a");
  Tick(absl::Seconds(60));
  EXPECT_GT(View("a").weight, 0);
  EXPECT_EQ(urgent_changes_, 1);
}

TEST_F(ScoreboardTest, TheListenerMayAskForTheView) {
  TargetState seen = TargetState::kUnknown;
  Scoreboard other(clock_);
  other.OnChange([&](Scoreboard::Urgency) {
    seen = other.View()->models.at(0)->targets.at(0).state;
  });
  other.SetResources(
      std::make_shared<const config::v1::Resources>(Parse(kThreeProviders)),
      {});
  other.OnProbe(Target("a"), {absl::OkStatus(), absl::Milliseconds(1)});
  EXPECT_EQ(seen, TargetState::kHealthy);
}

TEST_F(ScoreboardTest, WallTimesFollowTheWallClock) {
  Works("a");
  clock_.Advance(absl::Seconds(5));
  clock_.JumpWall(absl::Hours(2));
  scoreboard_.Tick();
  EXPECT_EQ(View("a").last_success, clock_.WallNow() - absl::Seconds(5));
}

TEST_F(ScoreboardTest, ManyThreadsAtOnce) {
  std::thread prober([&] {
    for (int i = 0; i < 200; ++i) i % 3 ? Works("a") : Fails("a");
  });
  std::thread nodes([&] {
    NodeReport report = ReportOf(Target("b"));
    for (int i = 0; i < 200; ++i) {
      ++report.targets[0].successes;
      scoreboard_.OnReport(NodeId{"n"}, report);
    }
  });
  for (int i = 0; i < 200; ++i) {
    clock_.Advance(absl::Milliseconds(5));
    scoreboard_.Tick();
    double sum = 0;
    for (const TargetView& target : Model().targets) sum += target.weight;
    EXPECT_NEAR(sum, 1, 1e-9);
  }
  prober.join();
  nodes.join();
}

}  // namespace
}  // namespace weir::controlplane
