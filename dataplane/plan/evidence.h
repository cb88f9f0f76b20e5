// What speaks against a target, as far as one worker knows.
#ifndef WEIR_DATAPLANE_PLAN_EVIDENCE_H_
#define WEIR_DATAPLANE_PLAN_EVIDENCE_H_

#include <algorithm>

#include "absl/container/inlined_vector.h"
#include "absl/time/time.h"
#include "dataplane/plan/breaker.h"
#include "dataplane/plan/credential.h"
#include "dataplane/plan/headroom.h"
#include "dataplane/plan/local_weight.h"

namespace weir::dataplane {

struct Evidence {
  Breaker breaker;
  LocalWeight local_weight;
  Headroom headroom;
  // By position in Provider.credentials, of which nearly all have one.
  absl::InlinedVector<RateLimit, 1> limits;
};

// What a target's share is multiplied with: 1 when nothing speaks against it.
inline double LocalFactor(const Evidence& evidence, absl::Time now) {
  return evidence.local_weight.factor(now) * evidence.headroom.factor(now);
}

// Whether nothing speaks against the target: not now, nor later, until the
// evidence is changed.
inline bool IsClear(const Evidence& evidence, absl::Time now) {
  return evidence.breaker.closed() && LocalFactor(evidence, now) == 1 &&
         std::all_of(evidence.limits.begin(), evidence.limits.end(),
                     [now](const RateLimit& limit) {
                       return limit.paused_until <= now;
                     });
}

}  // namespace weir::dataplane

#endif  // WEIR_DATAPLANE_PLAN_EVIDENCE_H_
