#include "tests/end_to_end/scenario/scenario.h"

#include <memory>
#include <optional>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/clock.h"
#include "tests/end_to_end/harness/eventually.h"

namespace weir::testing {
namespace {

constexpr char kFaulty[] = "p1";
// At most: it is ended when a scenario is.
constexpr absl::Duration kLoad = absl::Seconds(60);
constexpr int kRequestsBefore = 100;
constexpr int kRequestsBetween = 150;
constexpr int kRequestsLate = 150;
// After the recovery, which must cost nobody anything either.
constexpr int kRequestsAfter = 100;

// One run of one scenario.
class Run {
 public:
  Run(const Scenario& scenario, std::vector<std::string>& problems)
      : scenario_(scenario), problems_(problems), fleet_(scenario.fleet) {}

  ScenarioResult Play() {
    if (!Begin()) return {};
    LetLoadGoOn(kRequestsBefore);
    scenario_.fault(fleet_);
    if (scenario_.weight_falls_to.has_value()) {
      result_.until_fallen =
          UntilWeight([this](double weight) { return HasFallen(weight); },
                      scenario_.falls_within, "fall");
    }
    // Attempts are counted when they end: those from before must be over.
    LetLoadGoOn(kRequestsBetween);
    result_.late_share = ShareOf(kRequestsLate);
    if (scenario_.heal) Heal();
    LetLoadGoOn(kRequestsAfter);
    Finish();
    Judge();
    return result_;
  }

 private:
  bool Begin() {
    const absl::Status started = fleet_.Start();
    if (!started.ok()) {
      problems_.push_back(started.ToString());
      return false;
    }
    if (scenario_.prepare) scenario_.prepare(fleet_);
    for (int node = 0; node < fleet_.nodes(); ++node) {
      absl::StatusOr<std::unique_ptr<Load>> load =
          Load::Start({.address = fleet_.Api(node),
                       .key = fleet_.key(),
                       .model = scenario_.model,
                       .rate = 100 / fleet_.nodes(),
                       .streams = scenario_.streams,
                       .duration = kLoad},
                      fleet_.folder() / absl::StrCat("load.", node, ".json"));
      if (!load.ok()) {
        problems_.push_back(load.status().ToString());
        return false;
      }
      loads_.push_back(*std::move(load));
    }
    return true;
  }

  // Attempts that have ended at `provider`, or at all.
  double Attempts(const std::string& provider = "") {
    return fleet_.SumMetric(
        "weir_attempts_total",
        provider.empty() ? "" : absl::StrCat("provider=\"", provider, "\""));
  }

  bool LetLoadGoOn(int requests) {
    const auto answered = [this] {
      return fleet_.SumMetric("ai_requests_total");
    };
    const double wanted = answered() + requests;
    return Eventually([&] { return answered() >= wanted; });
  }

  double ShareOf(int requests) {
    const double faulty = Attempts(kFaulty);
    const double all = Attempts();
    LetLoadGoOn(requests);
    const double ended = Attempts() - all;
    // None where nobody can be asked.
    return ended > 0 ? (Attempts(kFaulty) - faulty) / ended : 0;
  }

  bool HasFallen(double weight) const {
    return weight >= 0 && weight <= *scenario_.weight_falls_to;
  }

  template <typename Condition>
  std::optional<absl::Duration> UntilWeight(const Condition& condition,
                                            absl::Duration limit,
                                            const char* what) {
    const absl::Time begin = absl::Now();
    for (int node = 0; node < fleet_.nodes(); ++node) {
      const auto holds = [&] {
        return condition(
            fleet_.WeightAt(fleet_.Ops(node), scenario_.model, kFaulty));
      };
      if (!Eventually(holds, limit)) {
        problems_.push_back(absl::StrCat("the weight did not ", what, " in ",
                                         absl::FormatDuration(limit), "\n",
                                         fleet_.Logs()));
        return std::nullopt;
      }
    }
    return absl::Now() - begin;
  }

  void Heal() {
    scenario_.heal(fleet_);
    if (!scenario_.weight_falls_to.has_value()) return;
    result_.until_back =
        UntilWeight([this](double weight) { return !HasFallen(weight); },
                    scenario_.back_within, "rise");
  }

  void Finish() {
    for (const std::unique_ptr<Load>& load : loads_) load->End();
    for (const std::unique_ptr<Load>& load : loads_) {
      const absl::StatusOr<LoadReport> report = load->Finish();
      if (report.ok()) {
        result_.load += *report;
      } else {
        problems_.push_back(report.status().ToString());
      }
    }
    result_.extra_attempts =
        static_cast<int>(fleet_.SumMetric("weir_retries_total"));
  }

  void Judge() {
    const LoadReport& load = result_.load;
    if (load.sent < kRequestsBefore + kRequestsLate) {
      problems_.push_back(absl::StrCat("only ", load.sent, " requests"));
    }
    if (load.failed > scenario_.failed_at_most) {
      problems_.push_back(absl::StrCat(load.failed, " requests failed\n",
                                       load.text, fleet_.Logs()));
    }
    if (load.cut_silently > 0) {
      problems_.push_back(
          absl::StrCat(load.cut_silently, " answers were cut silently"));
    }
    if (result_.late_share > scenario_.late_share_at_most) {
      problems_.push_back(absl::StrFormat("%s still got %.0f %% of attempts",
                                          kFaulty, result_.late_share * 100));
    }
    if (result_.late_share < scenario_.late_share_at_least) {
      problems_.push_back(absl::StrFormat("%s got only %.0f %% of attempts",
                                          kFaulty, result_.late_share * 100));
    }
    if (result_.extra_attempts > scenario_.extra_attempts_at_most * load.sent) {
      problems_.push_back(
          absl::StrCat(result_.extra_attempts, " extra attempts"));
    }
  }

  const Scenario& scenario_;
  std::vector<std::string>& problems_;
  Fleet fleet_;
  std::vector<std::unique_ptr<Load>> loads_;
  ScenarioResult result_;
};

std::string Seconds(const std::optional<absl::Duration>& duration) {
  return duration.has_value()
             ? absl::StrFormat("%.1f s", absl::ToDoubleSeconds(*duration))
             : "-";
}

}  // namespace

void PrintTo(const Scenario& scenario, std::ostream* out) {
  *out << scenario.name;
}

ScenarioResult RunScenario(const Scenario& scenario,
                           std::vector<std::string>& problems) {
  return Run(scenario, problems).Play();
}

std::string TableHeading() {
  return absl::StrFormat("%-28s %8s %6s %6s %9s %8s %8s %6s %6s", "scenario",
                         "requests", "failed", "events", "p99 ms", "gone in",
                         "back in", "share", "extra");
}

std::string TableLine(const Scenario& scenario, const ScenarioResult& result) {
  return absl::StrFormat("%-28s %8d %6d %6d %9.1f %8s %8s %5.0f%% %6d",
                         scenario.name, result.load.sent, result.load.failed,
                         result.load.ended_by_error_event,
                         result.load.json_p99_ms, Seconds(result.until_fallen),
                         Seconds(result.until_back), result.late_share * 100,
                         result.extra_attempts);
}

}  // namespace weir::testing
