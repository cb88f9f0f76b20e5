#include "common/net/grpc_mutexes.h"

#include "absl/synchronization/mutex.h"

namespace weir::net {

void StopWatchingMutexes() {
  absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore);
}

}  // namespace weir::net
