#include "dataplane/sync/cache_writer.h"

#include <spdlog/spdlog.h>

#include <optional>
#include <utility>

#include "absl/status/status.h"
#include "common/mutex.h"
#include "dataplane/sync/snapshot_cache.h"
#include "dataplane/sync/stored_lanes.h"
#include "dataplane/thread_order.h"

namespace weir::dataplane {

CacheWriter::CacheWriter(SnapshotCache cache)
    : cache_(std::move(cache)), thread_([this] { Run(); }) {}

CacheWriter::~CacheWriter() {
  {
    MutexLock lock(&mutex_);
    ending_ = true;
  }
  changed_.SignalAll();
  thread_.join();
}

void CacheWriter::Write(StoredLanes lanes) {
  {
    MutexLock lock(&mutex_);
    waiting_ = std::move(lanes);
  }
  changed_.SignalAll();
}

std::optional<StoredLanes> CacheWriter::Next() {
  MutexLock lock(&mutex_);
  while (!waiting_.has_value() && !ending_) changed_.Wait(&mutex_);
  return std::exchange(waiting_, std::nullopt);
}

void CacheWriter::Run() {
  MakeWayForWorkers();
  while (const std::optional<StoredLanes> lanes = Next()) {
    const absl::Status status = cache_.Save(*lanes);
    if (status.ok()) {
      ++writes_;
      continue;
    }
    ++failures_;
    spdlog::warn("snapshot cache not written: {}", status.ToString());
  }
}

}  // namespace weir::dataplane
