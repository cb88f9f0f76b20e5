// A scoreboard over three providers of one model, a, b and c.
#ifndef WEIR_TESTS_CONTROLPLANE_SCOREBOARD_FIXTURE_H_
#define WEIR_TESTS_CONTROLPLANE_SCOREBOARD_FIXTURE_H_

#include <google/protobuf/text_format.h>

#include <atomic>
#include <memory>
#include <set>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "common/ids.h"
#include "controlplane/health/evidence.h"
#include "controlplane/scoreboard.h"
#include "gtest/gtest.h"
#include "tests/testing/fake_clock.h"
#include "weir/config/v1/resources.pb.h"

namespace weir::controlplane {

inline constexpr char kThreeProviders[] = R"pb(
  providers {
    name: "a"
    base_url: "http://a.test/v1"
    health_check {
      interval { nanos: 500000000 }
      unhealthy_after: 2
      healthy_after: 2
    }
  }
  providers {
    name: "b"
    base_url: "http://b.test/v1"
    health_check { unhealthy_after: 2 healthy_after: 2 }
  }
  providers {
    name: "c"
    base_url: "http://c.test/v1"
    health_check { unhealthy_after: 2 healthy_after: 2 }
  }
  models {
    name: "m"
    targets { provider: "a" }
    targets { provider: "b" }
    targets { provider: "c" }
  }
)pb";

class ScoreboardTest : public ::testing::Test {
 protected:
  ScoreboardTest() : scoreboard_(clock_) {
    scoreboard_.OnChange([this](Scoreboard::Urgency urgency) {
      ++changes_;
      if (urgency == Scoreboard::Urgency::kUrgent) ++urgent_changes_;
    });
    Configure(kThreeProviders);
  }

  static config::v1::Resources Parse(const std::string& text) {
    config::v1::Resources resources;
    EXPECT_TRUE(
        google::protobuf::TextFormat::ParseFromString(text, &resources));
    return resources;
  }
  void Configure(const config::v1::Resources& resources,
                 std::set<std::string> without_credential = {}) {
    scoreboard_.SetResources(
        std::make_shared<const config::v1::Resources>(resources),
        std::move(without_credential));
  }
  void Configure(const std::string& text,
                 std::set<std::string> without_credential = {}) {
    Configure(Parse(text), std::move(without_credential));
  }

  static NodeReport ReportOf(const TargetId& target) {
    NodeReport report;
    report.boot_id = 1;
    report.targets.emplace_back().target = target;
    return report;
  }
  static TargetId Target(const std::string& provider) {
    return MakeTargetId(provider, "m");
  }
  // Probes, and the view that comes with the next tick.
  void Works(const std::string& provider) {
    Probe(provider, {absl::OkStatus(), absl::Milliseconds(100)});
    scoreboard_.Tick();
  }
  void Fails(const std::string& provider) {
    Probe(provider, {absl::UnavailableError("connection refused"), {}});
    scoreboard_.Tick();
  }
  // The same without the tick.
  void Probe(const std::string& provider, const ProbeResult& result) {
    scoreboard_.OnProbe(Target(provider), result);
  }
  void AllWork() {
    for (const char* provider : {"a", "b", "c"}) Works(provider);
  }
  void Tick(absl::Duration time) {
    constexpr absl::Duration kStep = absl::Milliseconds(200);
    for (absl::Duration t; t < time; t += kStep) {
      clock_.Advance(kStep);
      scoreboard_.Tick();
    }
  }
  ModelView Model(const std::string& name = "m") const {
    const std::shared_ptr<const FleetView> view = scoreboard_.View();
    for (const ModelView& model : view->models) {
      if (model.model == name) return model;
    }
    ADD_FAILURE() << "no model " << name;
    return {};
  }
  TargetView View(const std::string& provider) const {
    for (const TargetView& target : Model().targets) {
      if (target.provider == provider) return target;
    }
    ADD_FAILURE() << "no target at " << provider;
    return {};
  }

  ::weir::testing::FakeClock clock_;
  std::atomic<int> changes_{0};
  std::atomic<int> urgent_changes_{0};
  Scoreboard scoreboard_;
};

}  // namespace weir::controlplane

#endif  // WEIR_TESTS_CONTROLPLANE_SCOREBOARD_FIXTURE_H_
