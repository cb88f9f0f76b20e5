// What of a change reaches every node at once.
#ifndef WEIR_CONTROLPLANE_ROLLOUT_IMMEDIATE_PART_H_
#define WEIR_CONTROLPLANE_ROLLOUT_IMMEDIATE_PART_H_

#include "weir/config/v1/resources.pb.h"

namespace weir::controlplane {

// `standing`, which every node runs, with what `wanted` says of who may call
// (client keys) and of what is switched off or drained (modes of providers,
// models and targets). A key that leaked and a provider that harms can't wait
// for waves; everything else comes in them.
//
// Keys that speak of what `standing` does not have yet come with the rest; of
// the others then only revocations, secrets and dates of expiry come at once.
// Both are valid, and so is the result. Pure.
config::v1::Resources ImmediatePart(const config::v1::Resources& standing,
                                    const config::v1::Resources& wanted);

}  // namespace weir::controlplane

#endif  // WEIR_CONTROLPLANE_ROLLOUT_IMMEDIATE_PART_H_
