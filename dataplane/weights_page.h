// A node's /routing-weights page.
#ifndef WEIR_DATAPLANE_WEIGHTS_PAGE_H_
#define WEIR_DATAPLANE_WEIGHTS_PAGE_H_

#include <string>

#include "dataplane/node_status.h"

namespace weir::dataplane {

// JSON: for each model and target the share in use, rank and breaker, with the
// versions that they come from. Pure.
std::string WeightsPage(const NodeStatus& status);

}  // namespace weir::dataplane

#endif  // WEIR_DATAPLANE_WEIGHTS_PAGE_H_
