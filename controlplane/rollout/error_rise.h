// Whether more fails than before, and than elsewhere.
#ifndef WEIR_CONTROLPLANE_ROLLOUT_ERROR_RISE_H_
#define WEIR_CONTROLPLANE_ROLLOUT_ERROR_RISE_H_

#include <optional>
#include <string>

#include "controlplane/publish/traffic.h"

namespace weir::controlplane {

// What is compared; each the sum over some nodes.
struct Evidence {
  // On nodes with the new version: before they had it, and since.
  Traffic before;
  Traffic since;
  // On the others, since the wave began.
  Traffic elsewhere;
};

// Why the new version is to blame, for people; nullopt where it is not.
//
// Answers are compared with what was usual before and with the other nodes, for
// a provider's outage fails there too. Attempts, which clients don't see when
// another target answers, only with other nodes that had some meanwhile: over
// time alone, they follow the providers' fortunes.
//
// It takes 5 failures at least, and more than what may come by chance of a
// share that is greater by `max_rise`: three standard deviations. Pure.
std::optional<std::string> WhyWorse(const Evidence& evidence, double max_rise);

}  // namespace weir::controlplane

#endif  // WEIR_CONTROLPLANE_ROLLOUT_ERROR_RISE_H_
