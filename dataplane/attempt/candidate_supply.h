// What the limits of a candidate's provider and target let through.
#ifndef WEIR_DATAPLANE_ATTEMPT_CANDIDATE_SUPPLY_H_
#define WEIR_DATAPLANE_ATTEMPT_CANDIDATE_SUPPLY_H_

#include <optional>

#include "absl/time/time.h"
#include "dataplane/plan/candidate.h"
#include "dataplane/quota/supply.h"
#include "dataplane/request.h"

namespace weir::dataplane {

// Counts one request against all of them, and takes its place among those in
// flight; nullopt, and nothing is counted, where one is reached. Without limits
// everything goes.
std::optional<SupplyPlace> TakeSupply(const Request& request,
                                      const Candidate& candidate,
                                      absl::Time now);

// Whether it would.
bool HasSupply(const Request& request, const Candidate& candidate,
               absl::Time now);

// Whether the node should report now: one of the limits is wanted of which the
// control plane leases nothing here yet. True once for each limit.
bool HasSupplyNews(const Request& request, const Candidate& candidate);

}  // namespace weir::dataplane

#endif  // WEIR_DATAPLANE_ATTEMPT_CANDIDATE_SUPPLY_H_
