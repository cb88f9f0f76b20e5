#include "controlplane/notable_change.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <optional>
#include <vector>

#include "absl/time/time.h"
#include "controlplane/scoreboard.h"

namespace weir::controlplane {
namespace {

constexpr double kWeightStep = 0.01;
constexpr double kScoreStep = 2;
constexpr double kSuccessRateStep = 0.02;
constexpr double kLatencyRatio = 1.25;

// Floating-point noise must not hide a change of just one step.
constexpr double kSlack = 1e-9;

bool Moved(double a, double b, double step) {
  return std::abs(a - b) >= step - kSlack;
}

bool Moved(std::optional<double> a, std::optional<double> b, double step) {
  if (a.has_value() != b.has_value()) return true;
  return a.has_value() && Moved(*a, *b, step);
}

bool Moved(std::optional<absl::Duration> a, std::optional<absl::Duration> b) {
  if (a.has_value() != b.has_value()) return true;
  if (!a.has_value()) return false;
  return std::max(*a, *b) > std::min(*a, *b) * kLatencyRatio;
}

// To nobody, from something, or the reverse, is a change however small.
bool WeightMoved(double a, double b) {
  return (a == 0) != (b == 0) || Moved(a, b, kWeightStep);
}

template <typename Share>
bool AnyFallsToZero(const std::vector<Share>& told,
                    const std::vector<Share>& now) {
  if (told.size() != now.size()) return false;
  for (std::size_t i = 0; i < now.size(); ++i) {
    if (told[i].weight > 0 && now[i].weight == 0) return true;
  }
  return false;
}

bool LosesTraffic(const ModelView& told, const ModelView& now) {
  if (AnyFallsToZero(told.targets, now.targets)) return true;
  if (told.regions.size() != now.regions.size()) return false;
  for (std::size_t i = 0; i < now.regions.size(); ++i) {
    if (AnyFallsToZero(told.regions[i].targets, now.regions[i].targets)) {
      return true;
    }
  }
  return false;
}

bool Differs(const TargetView& told, const TargetView& now) {
  return told.provider != now.provider ||
         told.upstream_model != now.upstream_model || told.state != now.state ||
         told.reserve != now.reserve || WeightMoved(told.weight, now.weight) ||
         told.consecutive_failures != now.consecutive_failures ||
         told.breakers_open != now.breakers_open ||
         told.last_error != now.last_error ||
         Moved(told.score, now.score, kScoreStep) ||
         Moved(told.success_rate, now.success_rate, kSuccessRateStep) ||
         Moved(told.latency, now.latency);
}

bool Differs(const RegionView& told, const RegionView& now) {
  return told.region != now.region ||
         !std::ranges::equal(told.targets, now.targets,
                             [](const RegionShare& a, const RegionShare& b) {
                               return !WeightMoved(a.weight, b.weight);
                             });
}

bool Differs(const ModelView& told, const ModelView& now) {
  return told.model != now.model || told.mode != now.mode ||
         told.usable != now.usable || told.panic != now.panic ||
         !std::ranges::equal(told.targets, now.targets,
                             [](const TargetView& a, const TargetView& b) {
                               return !Differs(a, b);
                             }) ||
         !std::ranges::equal(told.regions, now.regions,
                             [](const RegionView& a, const RegionView& b) {
                               return !Differs(a, b);
                             });
}

// What probing costs is for those who look.
bool Differs(const ProviderView& told, const ProviderView& now) {
  return told.provider != now.provider || told.credentials != now.credentials;
}

}  // namespace

bool NotablyDiffers(const FleetView& told, const FleetView& now) {
  return told.weights_ttl != now.weights_ttl ||
         !std::ranges::equal(told.models, now.models,
                             [](const auto& a, const auto& b) {
                               return a.IsSame(b) || !Differs(a, b);
                             }) ||
         !std::ranges::equal(told.providers, now.providers,
                             [](const ProviderView& a, const ProviderView& b) {
                               return !Differs(a, b);
                             });
}

bool LosesTraffic(const FleetView& told, const FleetView& now) {
  if (told.models.size() != now.models.size()) return false;
  for (std::size_t i = 0; i < now.models.size(); ++i) {
    if (told.models[i].IsSame(now.models[i])) continue;
    if (LosesTraffic(told.models[i], now.models[i])) return true;
  }
  return false;
}

}  // namespace weir::controlplane
