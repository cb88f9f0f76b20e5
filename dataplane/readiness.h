// Whether a worker can serve: what /health/full says.
#ifndef WEIR_DATAPLANE_READINESS_H_
#define WEIR_DATAPLANE_READINESS_H_

#include <string>

#include "dataplane/current_snapshot.h"

namespace weir::dataplane {

struct Readiness {
  bool ready;
  std::string json;
};

// Not ready: no snapshot (`view` is null), no model with a target that may be
// used, or draining. Whether targets are healthy is no concern here: a balancer
// that took every node out for one dead provider would turn a slow answer into
// none. Pure.
Readiness ReadinessOf(const RoutingView* view, bool draining);

}  // namespace weir::dataplane

#endif  // WEIR_DATAPLANE_READINESS_H_
