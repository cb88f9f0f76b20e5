#include "controlplane/lease_watch.h"

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "common/concat.h"
#include "common/config/alert_kind.h"

namespace weir::controlplane {
namespace {

constexpr absl::Duration kLeasePatience = absl::Seconds(5);

}  // namespace

void LeaseWatch::Note(const absl::Status& looked) {
  MutexLock lock(&mutex_);
  if (looked.ok()) {
    failing_since_.reset();
    reading_.failure.clear();
    return;
  }
  if (!failing_since_.has_value()) failing_since_ = clock_.Now();
  reading_.failure = std::string(looked.message());
}

void LeaseWatch::Set(std::uint64_t epoch, std::string leader) {
  MutexLock lock(&mutex_);
  reading_.epoch = epoch;
  reading_.leader = std::move(leader);
}

LeaseReading LeaseWatch::Current() const {
  MutexLock lock(&mutex_);
  LeaseReading reading = reading_;
  if (failing_since_.has_value()) {
    reading.failing_for = clock_.Now() - *failing_since_;
  }
  return reading;
}

std::vector<Condition> LeaseConditions(const LeaseReading& reading) {
  if (!reading.failing_for.has_value() ||
      *reading.failing_for < kLeasePatience) {
    return {};
  }
  return {{std::string(config::alert_kind::kLedger), "database",
           Severity::kCritical, Onset::kAtOnce,
           Concat("nothing can be changed, and no other control plane can take "
                  "over: ",
                  reading.failure)}};
}

void AddLeaseMetrics(const LeaseReading& reading, ops::MetricPage& page) {
  page.Gauge("weir_leader",
             "1 where this control plane leads, 0 where it "
             "follows.",
             {}, reading.epoch != 0 ? 1 : 0);
  page.Gauge("weir_lease_failing_seconds",
             "Since when the leader's lease can't be renewed or read; 0: it "
             "can.",
             {},
             absl::ToDoubleSeconds(
                 reading.failing_for.value_or(absl::ZeroDuration())));
}

}  // namespace weir::controlplane
