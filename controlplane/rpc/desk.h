// Does what may wait for a disk or a database, away from gRPC's threads.
#ifndef WEIR_CONTROLPLANE_RPC_DESK_H_
#define WEIR_CONTROLPLANE_RPC_DESK_H_

#include <cstddef>
#include <deque>
#include <functional>
#include <thread>

#include "absl/status/status.h"
#include "common/mutex.h"

namespace weir::controlplane {

// One task at a time on a thread of its own, a few others wait. gRPC has two
// threads for all calls where a machine has four cores or fewer: two calls that
// wait for a database would stop every node's stream.
//
// Thread safety: every method may be called from any thread.
class Desk {
 public:
  explicit Desk(std::size_t max_waiting);
  ~Desk() { Stop(); }

  // Is called once: on the desk's thread with OK when it is its turn, or at
  // once with the reason why it never will be: RESOURCE_EXHAUSTED when too many
  // wait, UNAVAILABLE after Stop().
  using Task = std::function<void(const absl::Status& turn)>;
  void Do(Task task);

  // Refuses what waits; returns when the running task has ended.
  void Stop();

 private:
  void Run();

  const std::size_t max_waiting_;
  Mutex mutex_;
  CondVar changed_;
  bool stopped_ ABSL_GUARDED_BY(mutex_) = false;
  std::deque<Task> waiting_ ABSL_GUARDED_BY(mutex_);
  // Last, so that it finds everything in place.
  std::thread thread_;
};

}  // namespace weir::controlplane

#endif  // WEIR_CONTROLPLANE_RPC_DESK_H_
