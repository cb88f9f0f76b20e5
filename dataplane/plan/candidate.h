// One place to send a request to.
#ifndef WEIR_DATAPLANE_PLAN_CANDIDATE_H_
#define WEIR_DATAPLANE_PLAN_CANDIDATE_H_

#include <optional>

#include "dataplane/snapshot.h"

namespace weir::dataplane {

struct Candidate {
  ProviderIndex provider = 0;
  // Absent when the client addressed the provider itself.
  std::optional<TargetIndex> target;
  // The one that the target stands under; 0 without a target.
  ModelIndex model = 0;

  friend bool operator==(const Candidate&, const Candidate&) = default;
};

}  // namespace weir::dataplane

#endif  // WEIR_DATAPLANE_PLAN_CANDIDATE_H_
