// Small fleets for tests.
#ifndef WEIR_TESTS_CONTROLPLANE_ALERT_SAMPLE_FLEET_H_
#define WEIR_TESTS_CONTROLPLANE_ALERT_SAMPLE_FLEET_H_

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "controlplane/health/target_state.h"
#include "controlplane/scoreboard.h"

namespace weir::controlplane {

inline TargetView SampleTarget(const std::string& provider,
                               TargetState state = TargetState::kHealthy) {
  TargetView target{};
  target.provider = provider;
  target.upstream_model = "m";
  target.state = state;
  return target;
}

inline ModelView SampleModelView(std::vector<TargetView> targets,
                                 const std::string& name = "chat") {
  return {name, config::v1::MODE_ENABLED, true, false, std::move(targets), {}};
}

inline std::shared_ptr<FleetView> SampleFleet(std::vector<TargetView> targets) {
  auto fleet = std::make_shared<FleetView>();
  fleet->models.push_back(SampleModelView(std::move(targets)));
  return fleet;
}

// Provider a with credentials env:0, env:1 ...; the first usable one is active.
inline void AddCredentials(const std::vector<CredentialState>& states,
                           FleetView& fleet) {
  ProviderView provider{.provider = "a"};
  bool has_active = false;
  for (const CredentialState state : states) {
    CredentialView& credential = provider.credentials.emplace_back();
    credential.reference =
        "env:" + std::to_string(provider.credentials.size() - 1);
    credential.state = state;
    if (state == CredentialState::kRefused) credential.reason = "HTTP 401";
    credential.active = state == CredentialState::kUsable && !has_active;
    has_active |= credential.active;
  }
  fleet.providers = {std::move(provider)};
}

// The first is active unless `last` says otherwise.
inline void AddGroups(const std::vector<std::string>& names,
                      std::optional<GroupSwitch> last, FleetView& fleet) {
  for (const std::string& name : names) {
    const bool active = name == (last ? last->group : names.front());
    fleet.groups.push_back({name, active, {1, 1}, std::nullopt});
  }
  fleet.last_switch = std::move(last);
}

}  // namespace weir::controlplane

#endif  // WEIR_TESTS_CONTROLPLANE_ALERT_SAMPLE_FLEET_H_
