#include "controlplane/health/latency_record.h"

#include <algorithm>
#include <map>
#include <optional>
#include <string>

#include "absl/time/time.h"
#include "common/latency_sketch.h"
#include "controlplane/health/evidence.h"

namespace weir::controlplane {
namespace {

constexpr double kNewShare = 0.3;

}  // namespace

void LatencyRecord::Track::Add(absl::Duration latency, absl::Time now) {
  average_ = average_.has_value()
                 ? (1 - kNewShare) * *average_ + kNewShare * latency
                 : latency;
  usual_.Add(latency, now);
  last_ = now;
}

void LatencyRecord::AddProbe(ProbeStrength strength, absl::Duration latency,
                             absl::Time now) {
  (strength == ProbeStrength::kService ? service_ : contact_).Add(latency, now);
  if (!Strengthen(strength)) return;
  LatencySketch one;
  one.Add(latency);
  window_.Merge(now, one);
  Remember(latency);
}

void LatencyRecord::AddTraffic(const std::string& region,
                               const LatencySketch& fresh, absl::Time now) {
  const std::optional<absl::Duration> median = fresh.Quantile(0.5);
  if (!median.has_value()) return;
  traffic_.Add(*median, now);
  std::erase_if(regions_,
                [&](const auto& entry) { return !entry.second.IsFresh(now); });
  regions_[region].Add(*median, now);
  Strengthen(ProbeStrength::kService);
  window_.Merge(now, fresh);
  Remember(*median);
}

std::optional<absl::Duration> LatencyRecord::Average(absl::Time now) const {
  if (traffic_.IsFresh(now)) return traffic_.average();
  for (const Track* track : {&service_, &traffic_, &contact_}) {
    if (track->average().has_value()) return track->average();
  }
  return std::nullopt;
}

std::map<std::string, absl::Duration> LatencyRecord::ByRegion(
    absl::Time now) const {
  std::map<std::string, absl::Duration> averages;
  for (const auto& [region, track] : regions_) {
    if (track.IsFresh(now)) averages.emplace(region, *track.average());
  }
  return averages;
}

bool LatencyRecord::Strengthen(ProbeStrength strength) {
  if (strength < strength_) return false;
  if (strength > strength_) {
    window_.Clear();
    latest_.clear();
    strength_ = strength;
  }
  return true;
}

double LatencyRecord::BrownOutFactor(absl::Time now) const {
  if (!traffic_.IsFresh(now)) return service_.BrownOutFactor();
  double best = 0;
  for (const auto& [region, track] : regions_) {
    if (track.IsFresh(now)) best = std::max(best, track.BrownOutFactor());
  }
  return best;
}

void LatencyRecord::Remember(absl::Duration latency) {
  latest_.push_front(latency);
  if (latest_.size() > kRemembered) latest_.pop_back();
}

}  // namespace weir::controlplane
