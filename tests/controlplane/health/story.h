// A target's life, told in probes and reports.
#ifndef WEIR_TESTS_CONTROLPLANE_HEALTH_STORY_H_
#define WEIR_TESTS_CONTROLPLANE_HEALTH_STORY_H_

#include <cstdint>
#include <map>
#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "common/ids.h"
#include "controlplane/health/evidence.h"
#include "controlplane/health/fold.h"
#include "controlplane/health/health.h"
#include "controlplane/health/summary.h"

namespace weir::testing {

// Keeps the time and each node's cumulative counts, so that a test says only
// what happened.
class Story {
 public:
  explicit Story(controlplane::Thresholds thresholds = {})
      : thresholds_(thresholds) {}

  void Pass(absl::Duration time) {
    now_ += time;
    controlplane::Judge(thresholds_, now_, health_);
  }

  void ProbeWorks(absl::Duration latency = absl::Milliseconds(100)) {
    Probe(absl::OkStatus(), latency);
  }
  void ProbeFails(const std::string& why = "connection refused") {
    Probe(absl::UnavailableError(why), absl::ZeroDuration());
  }
  void Probe(const absl::Status& status, absl::Duration latency) {
    controlplane::FoldProbe({status, latency}, thresholds_, now_, health_);
  }

  // The node sees `good` successes, then `bad` failures, up to now, and
  // reports.
  void Traffic(const std::string& node, int good, int bad,
               absl::Duration latency = absl::Milliseconds(100)) {
    controlplane::NodeTargetReport& counts = counts_[node];
    counts.successes += static_cast<std::uint64_t>(good);
    counts.endpoint_failures += static_cast<std::uint64_t>(bad);
    for (int i = 0; i < good; ++i) counts.latency.Add(latency);
    if (good > 0) {
      last_success_[node] = now_;
      counts.consecutive_failures = 0;
    }
    counts.consecutive_failures += static_cast<std::uint32_t>(bad);
    if (bad > 0) {
      last_failure_[node] = now_;
      counts.last_error = "HTTP 500 seen by " + node;
    }
    Report(node);
  }

  // The node's counts as they stand, changed by the test where it likes.
  controlplane::NodeTargetReport& counts(const std::string& node) {
    return counts_[node];
  }
  void Report(const std::string& node) {
    controlplane::NodeTargetReport report = counts_[node];
    if (last_success_.contains(node)) {
      report.since_success = now_ - last_success_[node];
    }
    if (last_failure_.contains(node)) {
      report.since_failure = now_ - last_failure_[node];
    }
    controlplane::FoldReport({NodeId{node}, boot_[node], region_[node]}, report,
                             thresholds_, now_, health_);
  }
  void Locate(const std::string& node, const std::string& region) {
    region_[node] = region;
  }
  void Reboot(const std::string& node) {
    ++boot_[node];
    counts_.erase(node);
    last_success_.erase(node);
    last_failure_.erase(node);
  }

  controlplane::HealthSummary Summary() const {
    return controlplane::Summarize(health_, thresholds_, now_);
  }
  controlplane::Verdict verdict() const { return health_.verdict; }
  const controlplane::Health& health() const { return health_; }
  controlplane::Health& health() { return health_; }
  const controlplane::Thresholds& thresholds() const { return thresholds_; }
  absl::Time now() const { return now_; }

 private:
  const controlplane::Thresholds thresholds_;
  controlplane::Health health_;
  absl::Time now_ = absl::FromUnixSeconds(1000);
  std::map<std::string, controlplane::NodeTargetReport> counts_;
  std::map<std::string, std::uint64_t> boot_;
  std::map<std::string, std::string> region_;
  std::map<std::string, absl::Time> last_success_;
  std::map<std::string, absl::Time> last_failure_;
};

}  // namespace weir::testing

#endif  // WEIR_TESTS_CONTROLPLANE_HEALTH_STORY_H_
