#include "tests/end_to_end/scenario/provider_scenarios.h"

#include <gtest/gtest.h>
#include <signal.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "tests/end_to_end/harness/black_hole.h"
#include "tests/end_to_end/harness/eventually.h"
#include "tests/end_to_end/harness/fleet.h"
#include "tests/end_to_end/scenario/quick_fleet.h"
#include "tests/end_to_end/scenario/scenario.h"

namespace weir::testing {
namespace {

using Step = std::function<void(Fleet&)>;

void Expect(const absl::Status& status) { EXPECT_TRUE(status.ok()) << status; }

// Tells p1's simulator how to behave.
Step Set(std::string json) {
  return [json = std::move(json)](Fleet& fleet) {
    Expect(fleet.Control(0, json));
  };
}

Step Reset() { return Set(R"({"reset": true})"); }

Step Kill(std::vector<int> providers) {
  return [providers = std::move(providers)](Fleet& fleet) {
    for (const int provider : providers) fleet.provider(provider).Kill();
  };
}

Step Restart(std::vector<int> providers) {
  return [providers = std::move(providers)](Fleet& fleet) {
    for (const int provider : providers) {
      Expect(fleet.provider(provider).Start());
    }
  };
}

Step Signal(int signal) {
  return [signal](Fleet& fleet) { fleet.provider(0).Signal(signal); };
}

Scenario Killed() {
  return {.name = "Killed",
          .fleet = Quick(),
          .fault = Kill({0}),
          .heal = Restart({0}),
          .late_share_at_most = 0.05};
}

// Its kernel takes connections, and nobody answers.
Scenario Stopped() {
  return {.name = "Stopped",
          .fleet = Quick(),
          .fault = Signal(SIGSTOP),
          .heal = Signal(SIGCONT),
          .late_share_at_most = 0.05};
}

Scenario BlackHoled() {
  auto hole = std::make_shared<std::unique_ptr<BlackHole>>();
  const Step open = [hole](Fleet& fleet) {
    fleet.provider(0).Kill();
    auto opened = BlackHole::Open(fleet.provider(0).address("on"));
    ASSERT_TRUE(opened.ok()) << opened.status();
    *hole = *std::move(opened);
  };
  const Step close = [hole](Fleet& fleet) {
    hole->reset();
    Expect(fleet.provider(0).Start());
  };
  return {.name = "BlackHoled",
          .fleet = Quick(),
          .fault = open,
          .heal = close,
          .late_share_at_most = 0.05};
}

// A brown-out: it answers correctly, 20 times slower. Nobody ejects it.
Scenario TwentyTimesSlower() {
  return {.name = "TwentyTimesSlower",
          .fleet = Quick(),
          .fault = Set(R"({"latency": "400ms"})"),
          .heal = Reset(),
          .weight_falls_to = 0.1,
          .falls_within = absl::Seconds(5),
          .late_share_at_most = 0.1};
}

Scenario ThirtyPercentErrors() {
  return {.name = "ThirtyPercentErrors",
          .fleet = Quick(),
          .fault = Set(R"({"status": {"code": 500, "probability": 0.3}})"),
          .heal = Reset(),
          .late_share_at_most = 0.1};
}

Scenario RateLimitedWithHint() {
  return {.name = "RateLimitedWithHint",
          .fleet = Quick(),
          .fault = Set(R"({"status": {"code": 429,
                                      "headers": {"retry-after": "2"}}})"),
          .heal = Reset(),
          .weight_falls_to = std::nullopt,
          .late_share_at_most = 0.05};
}

Scenario RateLimitedWithoutHint() {
  return {.name = "RateLimitedWithoutHint",
          .fleet = Quick(),
          .fault = Set(R"({"status": {"code": 429}})"),
          .heal = Reset(),
          .weight_falls_to = std::nullopt,
          .late_share_at_most = 0.2};
}

// 200, and then an event that says that it is overloaded.
Scenario OverloadedInBand() {
  return {.name = "OverloadedInBand",
          .fleet = Quick(),
          .streams = 0.9,
          .fault = Set(R"({"stream_error": {"after_events": 0, "body":
              {"error": {"message": "overloaded", "type": "server_error",
                         "code": "server_overloaded"}}}})"),
          .heal = Reset(),
          .late_share_at_most = 0.1};
}

// The primary key stops working; its backup takes over, and the provider keeps
// its share.
Scenario ExpiredKeyWithABackup() {
  FleetOptions fleet = Quick();
  fleet.credentials = {"sk-primary", "sk-backup"};
  return {.name = "ExpiredKeyWithABackup",
          .fleet = std::move(fleet),
          .fault = Set(R"({"api_key": "sk-backup"})"),
          .heal = Reset(),
          .weight_falls_to = std::nullopt,
          .extra_attempts_at_most = 0.05};
}

// Nothing is left that could answer: requests fail, at once and honestly, and
// the first provider that comes back serves.
Scenario AllDown() {
  const Step heal = [](Fleet& fleet) {
    const absl::Time begin = absl::Now();
    const absl::StatusOr<HttpAnswer> refused = PostJson(
        fleet.Api(), "/v1/chat/completions", fleet.key(), ChatBody("gpt-4.1"));
    ASSERT_TRUE(refused.ok()) << refused.status();
    EXPECT_EQ(refused->status, 503) << refused->body;
    EXPECT_NE(refused->Header("retry-after"), "");
    EXPECT_LT(absl::Now() - begin, absl::Seconds(1));
    Expect(fleet.provider(0).Start());
    EXPECT_TRUE(Eventually([&fleet] {
      const absl::StatusOr<HttpAnswer> answer =
          PostJson(fleet.Api(), "/v1/chat/completions", fleet.key(),
                   ChatBody("gpt-4.1"));
      return answer.ok() && answer->status == 200;
    }));
  };
  return {.name = "AllDown",
          .fleet = Quick(),
          .fault = Kill({0, 1, 2}),
          .heal = heal,
          .failed_at_most = 1600,
          .weight_falls_to = std::nullopt};
}

// It closes connections that it had promised to keep: what was sent on one
// that is gone is sent again, unseen.
Scenario ClosesIdleConnections() {
  return {.name = "ClosesIdleConnections",
          .fleet = Quick(),
          .fault = Set(R"({"idle_close": "50ms"})"),
          .heal = Reset(),
          .weight_falls_to = std::nullopt,
          .extra_attempts_at_most = 0.01};
}

// Up for half a second, down for half a second.
Scenario Flapping() {
  const Step flap = [](Fleet& fleet) {
    for (int i = 0; i < 5; ++i) {
      fleet.provider(0).Kill();
      const double seen = fleet.SumMetric("weir_attempts_total");
      Eventually(
          [&] { return fleet.SumMetric("weir_attempts_total") > seen + 50; });
      Expect(fleet.provider(0).Start());
      Eventually(
          [&] { return fleet.SumMetric("weir_attempts_total") > seen + 100; });
    }
    fleet.provider(0).Kill();
  };
  return {.name = "Flapping",
          .fleet = Quick(),
          .fault = flap,
          .heal = Restart({0}),
          .late_share_at_most = 0.1};
}

Scenario RegionDead() {
  FleetOptions fleet = Quick();
  fleet.providers = 4;
  fleet.regions = {"sg", "sg", "eu", "eu"};
  return {.name = "RegionDead",
          .fleet = std::move(fleet),
          .fault = Kill({0, 1}),
          .heal = Restart({0, 1}),
          .late_share_at_most = 0.05};
}

}  // namespace

std::vector<Scenario> ProviderScenarios() {
  return {Killed(),
          Stopped(),
          BlackHoled(),
          TwentyTimesSlower(),
          ThirtyPercentErrors(),
          RateLimitedWithHint(),
          RateLimitedWithoutHint(),
          OverloadedInBand(),
          ExpiredKeyWithABackup(),
          AllDown(),
          ClosesIdleConnections(),
          Flapping(),
          RegionDead()};
}

}  // namespace weir::testing
