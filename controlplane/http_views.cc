#include "controlplane/http_views.h"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/time.h"
#include "common/dialect/dialect.h"
#include "common/ops/plain_number.h"

namespace weir::controlplane {
namespace {

using dialect::JsonString;

constexpr std::size_t kHealthiest = 3;

std::string Number(const std::optional<double>& number) {
  return number.has_value() ? ops::PlainNumber(*number) : "null";
}

std::string Milliseconds(const std::optional<absl::Duration>& duration) {
  if (!duration.has_value()) return "null";
  return ops::PlainNumber(absl::ToDoubleMilliseconds(*duration));
}

const char* Bool(bool value) { return value ? "true" : "false"; }

std::string Array(const std::vector<std::string>& elements) {
  return absl::StrCat("[", absl::StrJoin(elements, ","), "]");
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

// Without the braces.
std::string TargetMembers(const TargetView& target) {
  return absl::StrCat("\"provider\":", JsonString(target.provider),
                      ",\"model\":", JsonString(target.upstream_model),
                      ",\"state\":\"", StateName(target.state),
                      "\",\"score\":", Number(target.score),
                      ",\"latency_ms\":", Milliseconds(target.latency));
}

// Only what differs from the model's targets, which stand in the same order.
std::string RegionObject(const RegionView& region) {
  std::vector<std::string> shares;
  for (const RegionShare& share : region.targets) {
    shares.push_back(absl::StrCat(
        "{\"latency_ms\":", Milliseconds(share.latency),
        ",\"weight\":", Number(share.weight), ",\"rank\":", share.rank, "}"));
  }
  return absl::StrCat("{\"region\":", JsonString(region.region),
                      ",\"targets\":", Array(shares), "}");
}

std::string ModelObject(const ModelView& model) {
  std::vector<std::string> targets;
  for (const TargetView& target : model.targets) {
    targets.push_back(absl::StrCat("{", TargetMembers(target),
                                   ",\"weight\":", Number(target.weight),
                                   ",\"rank\":", target.rank, "}"));
  }
  std::vector<std::string> regions;
  for (const RegionView& region : model.regions) {
    regions.push_back(RegionObject(region));
  }
  return absl::StrCat(
      "{\"model\":", JsonString(model.model),
      ",\"usable\":", Bool(model.usable), ",\"panic\":", Bool(model.panic),
      ",\"targets\":", Array(targets), ",\"regions\":", Array(regions), "}");
}

std::string VersionObject(const PublicationPtr& published) {
  if (published == nullptr) return "null";
  const Version& version = published->version;
  return absl::StrCat("{\"epoch\":", version.epoch,
                      ",\"sequence\":", version.sequence, ",\"hash\":\"",
                      absl::BytesToHexString(version.hash), "\"}");
}

}  // namespace

std::string HealthJson(const HealthInput& input) {
  const auto usable =
      std::count_if(input.fleet.models.begin(), input.fleet.models.end(),
                    [](const ModelView& model) { return model.usable; });
  std::vector<std::string> healthiest;
  for (const TargetView& target : Healthiest(input.fleet)) {
    healthiest.push_back(absl::StrCat("{", TargetMembers(target), "}"));
  }
  std::vector<std::string> problems;
  for (const std::string& problem : input.problems) {
    problems.push_back(JsonString(problem));
  }
  return absl::StrCat("{\"status\":\"", usable > 0 ? "ok" : "degraded",
                      "\",\"models\":{\"total\":", input.fleet.models.size(),
                      ",\"usable\":", usable,
                      "},\"healthiest\":", Array(healthiest),
                      ",\"nodes_connected\":", input.nodes_connected,
                      ",\"revision\":", input.revision,
                      ",\"problems\":", Array(problems), "}\n");
}

std::string RoutingWeightsJson(const FleetView& fleet,
                               const PublicationPtr& published) {
  std::vector<std::string> models;
  for (const ModelView& model : fleet.models) {
    models.push_back(ModelObject(model));
  }
  return absl::StrCat("{\"version\":", VersionObject(published),
                      ",\"models\":", Array(models), "}\n");
}

}  // namespace weir::controlplane
