// Makes cost reports, on a thread that may wait for a disk.
#ifndef WEIR_CONTROLPLANE_RPC_COST_DESK_H_
#define WEIR_CONTROLPLANE_RPC_COST_DESK_H_

#include <cstddef>
#include <functional>

#include "absl/status/statusor.h"
#include "common/clock.h"
#include "controlplane/ledger/ledger.h"
#include "controlplane/registry/registry.h"
#include "controlplane/rpc/desk.h"
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

  // RESOURCE_EXHAUSTED: too many ask at once. UNAVAILABLE: after Stop(). Else
  // as MakeCostReport().
  void Ask(const admin::v1::GetCostReportRequest& request, Done done);

  // Ends what waits; returns when the running one has ended.
  void Stop() { desk_.Stop(); }

 private:
  Ledger& ledger_;
  const Registry& registry_;
  const Scoreboard& scoreboard_;
  const Clock& clock_;
  // Last: its task uses the others.
  Desk desk_;
};

}  // namespace weir::controlplane

#endif  // WEIR_CONTROLPLANE_RPC_COST_DESK_H_
