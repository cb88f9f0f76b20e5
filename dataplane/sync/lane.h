// Whether a lane's message may replace what the node runs.
#ifndef WEIR_DATAPLANE_SYNC_LANE_H_
#define WEIR_DATAPLANE_SYNC_LANE_H_

#include <optional>
#include <string_view>

#include "dataplane/snapshot.h"

namespace weir::dataplane {

enum class LaneVerdict {
  // Newer than what runs, and whole.
  kNew,
  // What runs already: sent again, which does no harm.
  kRunning,
  // Older than what runs: from a leader that was replaced and doesn't know.
  kOlder,
  // The version that runs, with other content: two leaders in one epoch.
  kContradiction,
  // The bytes are not those that the version's hash is of.
  kDamaged,
  // No epoch, no sequence, or a hash that is none.
  kNoVersion,
};

// Judges a message that offers `bytes` as `offered` to a node that runs
// `running`. Order comes before content, so that an old message costs no hash.
// Pure.
LaneVerdict Judge(const std::optional<Version>& running, const Version& offered,
                  std::string_view bytes);

// For a Nack: why the message was refused.
// REQUIRES: verdict is neither kNew nor kRunning.
std::string_view Reason(LaneVerdict verdict);

}  // namespace weir::dataplane

#endif  // WEIR_DATAPLANE_SYNC_LANE_H_
