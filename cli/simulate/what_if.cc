#include "cli/simulate/what_if.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/numbers.h"
#include "absl/time/time.h"
#include "common/concat.h"
#include "common/config/effective.h"
#include "common/ids.h"
#include "weir/routing/v1/routing.pb.h"

namespace weir::simulate {
namespace {

namespace v1 = config::v1;

absl::Status Wrong(std::string_view flag, const std::string& what) {
  return absl::InvalidArgumentError(Concat(flag, ": ", what));
}

std::string ListOf(std::vector<std::string> names) {
  if (names.empty()) return "there is none at all";
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  std::string list = "there are ";
  for (std::size_t i = 0; i < names.size(); ++i) {
    Append(list, i == 0 ? "" : ", ", names[i]);
  }
  return list;
}

v1::Provider* FindProvider(v1::Resources& resources, const std::string& name) {
  for (v1::Provider& provider : *resources.mutable_providers()) {
    if (provider.name() == name) return &provider;
  }
  return nullptr;
}

absl::Status UnknownProvider(std::string_view flag, const std::string& name,
                             const v1::Resources& resources) {
  std::vector<std::string> names;
  for (const v1::Provider& provider : resources.providers()) {
    names.push_back(provider.name());
  }
  return Wrong(flag, Concat("there is no provider \"", name, "\"; ",
                            ListOf(std::move(names))));
}

// The targets that `name` is about: all of a provider, or the one it says.
absl::StatusOr<std::vector<TargetHealth*>> Select(std::string_view flag,
                                                  const std::string& name,
                                                  v1::Resources& resources,
                                                  FleetHealth& health) {
  const std::string provider = name.substr(0, name.find('/'));
  if (FindProvider(resources, provider) == nullptr) {
    return UnknownProvider(flag, provider, resources);
  }
  std::vector<TargetHealth*> selected;
  std::vector<std::string> names;
  for (auto& [id, target] : health) {
    if (!id.value.starts_with(provider + '/')) continue;
    names.push_back(id.value);
    if (name == provider || name == id.value) selected.push_back(&target);
  }
  if (!selected.empty() || name == provider) return selected;
  return Wrong(flag, Concat("there is no target \"", name, "\"; ",
                            ListOf(std::move(names))));
}

// `p1=800ms` in its two parts; the last `=` parts them, for upstream models may
// hold one.
std::optional<std::pair<std::string, std::string>> Split(
    const std::string& text) {
  const std::size_t at = text.rfind('=');
  if (at == std::string::npos || at == 0) return std::nullopt;
  return std::pair(text.substr(0, at), text.substr(at + 1));
}

absl::Status MakeSlow(const std::string& text, v1::Resources& resources,
                      FleetHealth& health) {
  const auto parts = Split(text);
  absl::Duration latency;
  if (!parts.has_value() || !absl::ParseDuration(parts->second, &latency) ||
      latency <= absl::ZeroDuration() || latency > absl::Hours(1)) {
    return Wrong("--slow", Concat("\"", text,
                                  "\" is not PROVIDER=DURATION, of up to 1h; "
                                  "write p1=800ms"));
  }
  const auto selected = Select("--slow", parts->first, resources, health);
  if (!selected.ok()) return selected.status();
  for (TargetHealth* target : *selected) {
    target->latency = latency;
    target->latency_by_region.clear();
  }
  return absl::OkStatus();
}

absl::Status LimitRate(const std::string& text, v1::Resources& resources) {
  const auto parts = Split(text);
  std::uint64_t rpm = 0;
  if (!parts.has_value() || !parts->second.ends_with("rpm") ||
      !absl::SimpleAtoi(parts->second.substr(0, parts->second.size() - 3),
                        &rpm) ||
      rpm == 0) {
    return Wrong(
        "--rate-limit",
        Concat("\"", text, "\" is not PROVIDER=NUMBERrpm; write p1=100rpm"));
  }
  v1::Provider* provider = FindProvider(resources, parts->first);
  if (provider == nullptr) {
    return UnknownProvider("--rate-limit", parts->first, resources);
  }
  const std::uint64_t own = provider->limits().max_rpm();
  provider->mutable_limits()->set_max_rpm(own == 0 ? rpm : std::min(own, rpm));
  return absl::OkStatus();
}

}  // namespace

FleetHealth AllWell(const v1::Resources& resources, absl::Duration latency) {
  FleetHealth health;
  for (const v1::Model& model : resources.models()) {
    for (const v1::Target& target : model.targets()) {
      health[config::TargetIdOf(model, target)].latency = latency;
    }
  }
  return health;
}

void TakeOver(const admin::v1::Status& status, FleetHealth& health) {
  for (const admin::v1::ModelStatus& model : status.models()) {
    for (const admin::v1::TargetStatus& seen : model.targets()) {
      const auto found =
          health.find(MakeTargetId(seen.provider(), seen.upstream_model()));
      if (found == health.end()) continue;
      TargetHealth& target = found->second;
      const bool down =
          seen.state() == routing::v1::TARGET_STATE_UNHEALTHY ||
          seen.state() == routing::v1::TARGET_STATE_AUTO_DISABLED ||
          seen.state() == routing::v1::TARGET_STATE_NO_CREDENTIAL;
      target.state =
          down ? TargetHealth::State::kDown : TargetHealth::State::kUp;
      if (seen.has_success_rate()) target.success_rate = seen.success_rate();
      if (seen.has_latency_ms()) {
        target.latency = absl::Milliseconds(seen.latency_ms());
      }
      for (const admin::v1::RegionLatency& region : seen.regions()) {
        target.latency_by_region[region.region()] =
            absl::Milliseconds(region.latency_ms());
      }
    }
  }
}

absl::Status Suppose(const WhatIf& what_if, v1::Resources& resources,
                     FleetHealth& health) {
  for (const std::string& text : what_if.slow) {
    const absl::Status slow = MakeSlow(text, resources, health);
    if (!slow.ok()) return slow;
  }
  for (const std::string& text : what_if.rate_limit) {
    const absl::Status limited = LimitRate(text, resources);
    if (!limited.ok()) return limited;
  }
  for (const std::string& name : what_if.down) {
    const auto selected = Select("--down", name, resources, health);
    if (!selected.ok()) return selected.status();
    for (TargetHealth* target : *selected) {
      target->state = TargetHealth::State::kDown;
    }
  }
  return absl::OkStatus();
}

}  // namespace weir::simulate
