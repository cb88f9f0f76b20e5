// Whether and when a request is tried at a second target; pure but for the
// budget.
#ifndef WEIR_DATAPLANE_ATTEMPT_HEDGE_H_
#define WEIR_DATAPLANE_ATTEMPT_HEDGE_H_

#include <optional>
#include <span>

#include "absl/time/time.h"
#include "dataplane/plan/live_state.h"
#include "dataplane/plan/plan.h"
#include "dataplane/request.h"

namespace weir::dataplane {

struct Hedge {
  Candidate second;
  // How long the first may take until the second is asked too.
  absl::Duration after;
};

// For a request's first attempt, at `first`; `rest` follows in the plan.
// nullopt where the model is not hedged, its next candidate is another model's,
// doing the work twice is not allowed, or nobody said how long is slow and too
// little was measured to know.
std::optional<Hedge> PlanHedge(const Request& request, const Candidate& first,
                               std::span<const Candidate> rest,
                               const LiveState::View& live, absl::Time now);

}  // namespace weir::dataplane

#endif  // WEIR_DATAPLANE_ATTEMPT_HEDGE_H_
