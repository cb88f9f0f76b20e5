#include "dataplane/sync/cache_boot.h"

#include <spdlog/spdlog.h>

#include <string>

#include "dataplane/sync/lanes.h"
#include "dataplane/sync/snapshot_cache.h"
#include "dataplane/sync/stored_lanes.h"
#include "dataplane/sync/version.h"

namespace weir::dataplane {

void RestoreFrom(const SnapshotCache& cache, Lanes& lanes) {
  const SnapshotCache::Generations stored = cache.Load();
  for (const std::string& note : stored.notes) {
    spdlog::warn("snapshot cache: {}", note);
  }
  for (const StoredLanes& generation : stored.whole) {
    const LaneOutcome outcome = lanes.Restore(generation);
    for (const std::string& note : outcome.notes) spdlog::warn("{}", note);
    if (outcome.kind != LaneOutcome::Kind::kApplied) continue;
    spdlog::info("booted from the snapshot cache: {}",
                 Describe(*lanes.config_version()));
    return;
  }
}

}  // namespace weir::dataplane
