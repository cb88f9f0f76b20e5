// What the HTTP port shows of the fleet, as JSON.
#ifndef WEIR_CONTROLPLANE_HTTP_VIEWS_H_
#define WEIR_CONTROLPLANE_HTTP_VIEWS_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "controlplane/publish/publication.h"
#include "controlplane/scoreboard.h"

namespace weir::controlplane {

struct HealthInput {
  const FleetView& fleet;
  std::uint64_t revision;
  std::size_t nodes_connected;
  // As in weir.admin.v1.Status.
  const std::vector<std::string>& problems;
};

// {"status": "ok" | "degraded", "models": ..., "healthiest": [...], ...}.
// Degraded: there are models and none is usable, or there is none. `healthiest`
// are the three targets with the best score, of equal ones the faster first;
// each once, though several models may have it.
std::string HealthJson(const HealthInput& input);

// {"version": {...}, "models": [{"model": ..., "targets": [...]}]}, as the
// control plane would tell nodes now; `published` is what it told them last
// and may be null.
std::string RoutingWeightsJson(const FleetView& fleet,
                               const PublicationPtr& published);

}  // namespace weir::controlplane

#endif  // WEIR_CONTROLPLANE_HTTP_VIEWS_H_
