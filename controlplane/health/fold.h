// News into a target's record, and the record into a verdict. Pure: time comes
// as an argument and never goes back.
#ifndef WEIR_CONTROLPLANE_HEALTH_FOLD_H_
#define WEIR_CONTROLPLANE_HEALTH_FOLD_H_

#include <cstdint>
#include <string>

#include "absl/time/time.h"
#include "common/ids.h"
#include "controlplane/health/evidence.h"
#include "controlplane/health/health.h"

namespace weir::controlplane {

// Failed probes in a row from which a target that is down is listed as switched
// off by itself (docs/architecture.md, Health).
inline constexpr int kAutoDisableAfter = 5;

// One probe ended.
void FoldProbe(const ProbeResult& result, const Thresholds& thresholds,
               absl::Time now, Health& health);

// Who reports.
struct Reporter {
  NodeId node;
  std::uint64_t boot_id = 0;
  // Empty: none.
  std::string region;
};

// One node reports on this target. Only what came since its last report counts,
// so a repeated report changes nothing.
//
// What a node whose last report we have not seen (we are new, or it is) did
// before is history and no news: its counts are where we begin, and only its
// running streak counts. After a new boot id of a known node everything it
// counts is new; counts that went backwards begin again.
void FoldReport(const Reporter& reporter, const NodeTargetReport& report,
                const Thresholds& thresholds, absl::Time now, Health& health);

// A node reported, and had nothing to say of this target.
void FoldSilence(const NodeId& node, absl::Time now, Health& health);

// The node is gone; what it last said no longer counts.
void ForgetNode(const NodeId& node, Health& health);

// Changes the verdict where the evidence asks for it: after any of the above,
// and as time passes. See judge.cc for the rules.
void Judge(const Thresholds& thresholds, absl::Time now, Health& health);

}  // namespace weir::controlplane

#endif  // WEIR_CONTROLPLANE_HEALTH_FOLD_H_
