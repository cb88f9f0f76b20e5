#include "dataplane/attempt/answer.h"

#include "dataplane/attempt/outcome.h"
#include "dataplane/plan/live_state.h"
#include "dataplane/request.h"
#include "dataplane/snapshot.h"

namespace weir::dataplane {

Asked AskedFor(const Request& request, const Answer& answer,
               const LiveState::View& live) {
  const Candidate& candidate = answer.candidate;
  const ProviderEntry& provider =
      ConfigOf(request).providers[candidate.provider];
  ProviderLive& provider_live = *live.providers[candidate.provider];
  return {candidate.target.has_value() ? *live.targets[*candidate.target]
                                       : provider_live.direct,
          provider_live, provider.credentials[answer.credential].position};
}

}  // namespace weir::dataplane
