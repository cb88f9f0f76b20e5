// Things to be done again and again.
#ifndef WEIR_CONTROLPLANE_TICKER_H_
#define WEIR_CONTROLPLANE_TICKER_H_

#include <functional>
#include <thread>
#include <vector>

#include "absl/time/time.h"
#include "common/clock.h"
#include "common/mutex.h"

namespace weir::controlplane {

// Runs its tasks one after the other on a thread of its own. A task that could
// not run in time runs once, not as often as it was missed.
//
// Thread safety: Every(), Start() and Stop() in this order, from one thread.
class Ticker {
 public:
  // Real time only: it waits for its clock's time to pass.
  explicit Ticker(const SystemClock& clock) : clock_(clock) {}
  ~Ticker() { Stop(); }

  void Every(absl::Duration interval, std::function<void()> task);
  void Start();
  // No task runs any more once it returns. May be called twice.
  void Stop();

 private:
  struct Task {
    absl::Duration interval;
    std::function<void()> run;
    absl::Time due;
  };

  void Run();
  // Runs what is due; returns when the next one is.
  absl::Time RunDue();

  const SystemClock& clock_;
  // Unchanged while the thread runs, but for `due`, which is the thread's.
  std::vector<Task> tasks_;

  Mutex mutex_;
  CondVar changed_;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace weir::controlplane

#endif  // WEIR_CONTROLPLANE_TICKER_H_
