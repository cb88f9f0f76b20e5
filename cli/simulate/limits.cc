#include "cli/simulate/limits.h"

#include <cstddef>
#include <map>
#include <string>

#include "absl/time/time.h"
#include "cli/simulate/traffic.h"
#include "common/config/effective.h"
#include "weir/config/v1/provider.pb.h"

namespace weir::simulate {
namespace {

// Of one provider.
struct Load {
  double requests_per_minute = 0;
  double tokens_per_minute = 0;
  // In the whole fleet.
  double in_flight = 0;
};

std::map<std::string, Load> LoadOfProviders(
    const Scenario& scenario, const admin::v1::Simulation& simulation) {
  std::map<std::string, Load> loads;
  for (int i = 0; i < simulation.parts_size(); ++i) {
    const Tokens& tokens = scenario.parts[static_cast<std::size_t>(i)].tokens;
    for (const auto& target : simulation.parts(i).targets()) {
      Load& load = loads[target.provider()];
      const double rate = target.requests_per_second();
      load.requests_per_minute += 60 * rate;
      load.tokens_per_minute +=
          60 * rate * static_cast<double>(tokens.input + tokens.output);
      load.in_flight +=
          rate * absl::ToDoubleSeconds(config::ToDuration(target.latency()));
    }
  }
  return loads;
}

void AddLimit(const std::string& provider, const char* limit, double asked,
              double allowed, admin::v1::Simulation& simulation) {
  if (allowed == 0) return;
  admin::v1::SimulatedLimit& added = *simulation.add_limits();
  added.set_provider(provider);
  added.set_limit(limit);
  added.set_asked(asked);
  added.set_allowed(allowed);
  added.set_breaks(asked > allowed);
}

}  // namespace

void AddLimits(const Scenario& scenario, admin::v1::Simulation& simulation) {
  const std::map<std::string, Load> loads =
      LoadOfProviders(scenario, simulation);
  for (const config::v1::Provider& provider : scenario.resources.providers()) {
    const auto found = loads.find(provider.name());
    const Load load = found == loads.end() ? Load() : found->second;
    const config::v1::Limits& limits = provider.limits();
    AddLimit(provider.name(), "max_rpm", load.requests_per_minute,
             static_cast<double>(limits.max_rpm()), simulation);
    AddLimit(provider.name(), "max_tpm", load.tokens_per_minute,
             static_cast<double>(limits.max_tpm()), simulation);
    AddLimit(provider.name(), "max_concurrent", load.in_flight,
             limits.max_concurrent(), simulation);
  }
}

}  // namespace weir::simulate
