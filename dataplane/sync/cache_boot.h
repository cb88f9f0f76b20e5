// Booting from what was kept on disk.
#ifndef WEIR_DATAPLANE_SYNC_CACHE_BOOT_H_
#define WEIR_DATAPLANE_SYNC_CACHE_BOOT_H_

#include "dataplane/sync/lanes.h"
#include "dataplane/sync/snapshot_cache.h"

namespace weir::dataplane {

// Gives `lanes` the newest generation in `cache` that they accept; says in the
// log which it is, and what is wrong with newer ones.
void RestoreFrom(const SnapshotCache& cache, Lanes& lanes);

}  // namespace weir::dataplane

#endif  // WEIR_DATAPLANE_SYNC_CACHE_BOOT_H_
