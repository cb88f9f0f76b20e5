// Writes the snapshot cache without making anybody wait for the disk.
#ifndef WEIR_DATAPLANE_SYNC_CACHE_WRITER_H_
#define WEIR_DATAPLANE_SYNC_CACHE_WRITER_H_

#include <atomic>
#include <cstdint>
#include <optional>
#include <thread>

#include "absl/base/thread_annotations.h"
#include "common/mutex.h"
#include "dataplane/sync/snapshot_cache.h"
#include "dataplane/sync/stored_lanes.h"

namespace weir::dataplane {

// A thread of its own that saves the latest lanes it was given; what was
// replaced before its turn is never written. A write that fails is logged and
// counted and harms nothing else.
//
// Thread safety: every method may be called from any thread.
class CacheWriter {
 public:
  explicit CacheWriter(SnapshotCache cache);
  // Writes what is still waiting, then ends the thread.
  ~CacheWriter();

  void Write(StoredLanes lanes);

  std::uint64_t writes() const { return writes_; }
  std::uint64_t failures() const { return failures_; }

 private:
  void Run();
  // Waits for lanes to write; nullopt at the end.
  std::optional<StoredLanes> Next();

  const SnapshotCache cache_;
  std::atomic<std::uint64_t> writes_ = 0;
  std::atomic<std::uint64_t> failures_ = 0;

  Mutex mutex_;
  CondVar changed_;
  std::optional<StoredLanes> waiting_ ABSL_GUARDED_BY(mutex_);
  bool ending_ ABSL_GUARDED_BY(mutex_) = false;

  std::thread thread_;
};

}  // namespace weir::dataplane

#endif  // WEIR_DATAPLANE_SYNC_CACHE_WRITER_H_
