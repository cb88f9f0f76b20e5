#include "controlplane/http_views.h"

#include <algorithm>
#include <boost/json.hpp>
#include <map>
#include <optional>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/time/time.h"

namespace weir::controlplane {
namespace {

namespace json = boost::json;

constexpr std::size_t kHealthiest = 3;

json::value Milliseconds(const std::optional<absl::Duration>& duration) {
  if (!duration.has_value()) return nullptr;
  return absl::ToDoubleMilliseconds(*duration);
}

json::value Score(const std::optional<double>& score) {
  if (!score.has_value()) return nullptr;
  return *score;
}

// Targets that have a score, best first.
std::vector<TargetView> Healthiest(const FleetView& fleet) {
  std::map<std::pair<std::string, std::string>, TargetView> scored;
  for (const ModelView& model : fleet.models) {
    for (const TargetView& target : model.targets) {
      if (!target.score.has_value()) continue;
      scored.try_emplace({target.provider, target.upstream_model}, target);
    }
  }
  std::vector<TargetView> best;
  for (auto& [name, target] : scored) best.push_back(std::move(target));
  std::stable_sort(best.begin(), best.end(),
                   [](const TargetView& a, const TargetView& b) {
                     if (*a.score != *b.score) return *a.score > *b.score;
                     return a.latency.value_or(absl::InfiniteDuration()) <
                            b.latency.value_or(absl::InfiniteDuration());
                   });
  if (best.size() > kHealthiest) best.resize(kHealthiest);
  return best;
}

json::object TargetObject(const TargetView& target) {
  return {{"provider", target.provider},
          {"model", target.upstream_model},
          {"state", StateName(target.state)},
          {"score", Score(target.score)},
          {"latency_ms", Milliseconds(target.latency)}};
}

}  // namespace

const char* StateName(TargetState state) {
  switch (state) {
    case TargetState::kUnknown:
      return "unknown";
    case TargetState::kHealthy:
      return "healthy";
    case TargetState::kDegraded:
      return "degraded";
    case TargetState::kUnhealthy:
      return "unhealthy";
    case TargetState::kAutoDisabled:
      return "auto_disabled";
    case TargetState::kDraining:
      return "draining";
    case TargetState::kDisabled:
      return "disabled";
    case TargetState::kNoCredential:
      return "no_credential";
  }
  return "unknown";
}

std::string HealthJson(const HealthInput& input) {
  const auto usable = std::count_if(
      input.fleet.models.begin(), input.fleet.models.end(),
      [](const ModelView& model) { return model.usable; });
  json::array healthiest;
  for (const TargetView& target : Healthiest(input.fleet)) {
    healthiest.push_back(TargetObject(target));
  }
  json::array problems(input.problems.begin(), input.problems.end());
  const json::object health = {
      {"status", usable > 0 ? "ok" : "degraded"},
      {"models",
       {{"total", input.fleet.models.size()}, {"usable", usable}}},
      {"healthiest", std::move(healthiest)},
      {"nodes_connected", input.nodes_connected},
      {"revision", input.revision},
      {"problems", std::move(problems)}};
  return json::serialize(health);
}

std::string RoutingWeightsJson(const FleetView& fleet,
                               const PublicationPtr& published) {
  json::array models;
  for (const ModelView& model : fleet.models) {
    json::array targets;
    for (const TargetView& target : model.targets) {
      json::object object = TargetObject(target);
      object["weight"] = target.weight;
      object["rank"] = target.rank;
      targets.push_back(std::move(object));
    }
    models.push_back({{"model", model.model},
                      {"usable", model.usable},
                      {"panic", model.panic},
                      {"targets", std::move(targets)}});
  }
  json::value version = nullptr;
  if (published != nullptr) {
    version = {{"epoch", published->version.epoch},
               {"sequence", published->version.sequence},
               {"hash", absl::BytesToHexString(published->version.hash)}};
  }
  return json::serialize(json::object{{"version", std::move(version)},
                                      {"models", std::move(models)}});
}

}  // namespace weir::controlplane
