// Makes cost reports, on a thread that may wait for a disk.
#ifndef WEIR_CONTROLPLANE_RPC_COST_DESK_H_
#define WEIR_CONTROLPLANE_RPC_COST_DESK_H_

#include <cstddef>
#include <deque>
#include <functional>
#include <thread>

#include "absl/status/statusor.h"
#include "common/clock.h"
#include "common/mutex.h"
#include "controlplane/ledger/ledger.h"
#include "controlplane/registry/registry.h"
#include "controlplane/scoreboard.h"
#include "weir/admin/v1/cost.pb.h"

namespace weir::controlplane {

// One report at a time, a few others wait: a report over years reads for
// seconds, and neither gRPC's threads nor the ledger's wait for that.
//
// Thread safety: every method may be called from any thread.
class CostDesk {
 public:
  static constexpr std::size_t kMaxWaiting = 4;

  // Called once, on any thread.
  using Done =
      std::function<void(absl::StatusOr<admin::v1::GetCostReportResponse>)>;

  // All outlive this.
  CostDesk(Ledger& ledger, const Registry& registry,
           const Scoreboard& scoreboard, const Clock& clock);
  ~CostDesk() { Stop(); }

  // RESOURCE_EXHAUSTED: too many ask at once. UNAVAILABLE: after Stop(). Else
  // as MakeCostReport().
  void Ask(const admin::v1::GetCostReportRequest& request, Done done);

  // Ends what waits; returns when the running one has ended.
  void Stop();

 private:
  struct Question {
    admin::v1::GetCostReportRequest request;
    Done done;
  };

  void Run();

  Ledger& ledger_;
  const Registry& registry_;
  const Scoreboard& scoreboard_;
  const Clock& clock_;

  Mutex mutex_;
  CondVar changed_;
  bool stopped_ ABSL_GUARDED_BY(mutex_) = false;
  std::deque<Question> waiting_ ABSL_GUARDED_BY(mutex_);
  // Last, so that it finds everything in place.
  std::thread thread_;
};

}  // namespace weir::controlplane

#endif  // WEIR_CONTROLPLANE_RPC_COST_DESK_H_
