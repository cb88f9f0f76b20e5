// Both lanes as bytes, for a node that boots without a control plane.
#ifndef WEIR_DATAPLANE_SYNC_STORED_LANES_H_
#define WEIR_DATAPLANE_SYNC_STORED_LANES_H_

#include <memory>
#include <optional>
#include <string>

#include "absl/time/time.h"
#include "dataplane/snapshot.h"

namespace weir::dataplane {

// A lane's latest message: what version.hash is of.
struct StoredLane {
  Version version;
  // Shared with who else keeps it: a configuration may have megabytes.
  // Not null.
  std::shared_ptr<const std::string> bytes;
};

struct StoredLanes {
  std::optional<StoredLane> config;
  std::optional<StoredLane> weights;
  // On Clock::WallNow(); when the weights were last confirmed. To the second.
  absl::Time weights_confirmed_at = absl::UnixEpoch();
};

}  // namespace weir::dataplane

#endif  // WEIR_DATAPLANE_SYNC_STORED_LANES_H_
