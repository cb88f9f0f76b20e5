// One control plane among several on a database: leads, or follows.
#ifndef WEIR_CONTROLPLANE_REPLICA_REPLICA_H_
#define WEIR_CONTROLPLANE_REPLICA_REPLICA_H_

#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/clock.h"
#include "common/mutex.h"
#include "controlplane/lease_watch.h"
#include "controlplane/replica/leadership.h"
#include "controlplane/store/lease.h"

namespace weir::controlplane {

// What the process is at a time; ends with its destruction.
class Duty {
 public:
  virtual ~Duty() = default;
};

struct ReplicaOptions {
  // Names the process among all that share the database.
  std::string holder;
  // Where others reach its gRPC port.
  std::string address;
  // A leader that was killed is followed after at most the term, an interval
  // and what it takes to begin. Shorter terms would end while a database fails
  // over.
  absl::Duration term = absl::Seconds(5);
  absl::Duration interval = absl::Seconds(1);
};

// Asks for the lease each interval, on a thread of its own, and begins and ends
// duties by what comes of it. A duty that can't be begun is given up for
// another replica to try.
//
// Thread safety: Start() and Stop() from one thread.
class Replica {
 public:
  struct Duties {
    // Begins to lead; what the last duty held is free.
    std::function<absl::StatusOr<std::unique_ptr<Duty>>()> lead;
    // Begins to follow who leads; likewise.
    std::function<absl::StatusOr<std::unique_ptr<Duty>>()> follow;
  };

  // Tells `watch`, before a duty begins, what it begins in. `lease`, `watch`
  // and `clock`, real time, outlive this.
  Replica(LeaseStore& lease, ReplicaOptions options, Duties duties,
          LeaseWatch& watch, const SystemClock& clock);
  ~Replica() { Stop(); }

  // Begins with `follower`.
  void Start(std::unique_ptr<Duty> follower);
  // Ends what it does and gives the lease to whoever wants it. May be called
  // twice.
  void Stop();

 private:
  void Run();
  void Look();
  void Become(const Standing& next);
  absl::Status Begin(
      const std::function<absl::StatusOr<std::unique_ptr<Duty>>()>& duty);

  LeaseStore& lease_;
  const ReplicaOptions options_;
  const Duties duties_;
  LeaseWatch& watch_;
  const SystemClock& clock_;

  // Of the thread, once it runs.
  Standing standing_;
  std::unique_ptr<Duty> duty_;
  bool lease_failed_ = false;

  Mutex mutex_;
  CondVar changed_;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace weir::controlplane

#endif  // WEIR_CONTROLPLANE_REPLICA_REPLICA_H_
