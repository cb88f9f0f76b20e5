// A count of tokens where no provider can be asked for it; pure.
#ifndef WEIR_DATAPLANE_ESTIMATED_COUNT_H_
#define WEIR_DATAPLANE_ESTIMATED_COUNT_H_

#include <string>

#include "dataplane/plan/plan.h"
#include "dataplane/request.h"

namespace weir::dataplane {

// Whether the client asks for a count, and somebody has the model who is no
// worse for having none to give.
inline bool MayEstimateCount(const Request& request, const Plan& plan) {
  return request.endpoint == Endpoint::kCountTokens && plan.lacks_dialect;
}

// The answer's body, in the client's dialect; or what is wrong with the
// request. REQUIRES: MayEstimateCount().
Outcome<std::string> EstimatedCount(const Request& request);

}  // namespace weir::dataplane

#endif  // WEIR_DATAPLANE_ESTIMATED_COUNT_H_
