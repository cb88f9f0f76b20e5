#include "controlplane/rpc/cost_desk.h"

#include <memory>
#include <utility>

#include "absl/status/status.h"
#include "controlplane/rpc/cost_report.h"

namespace weir::controlplane {

CostDesk::CostDesk(Ledger& ledger, const Registry& registry,
                   const Scoreboard& scoreboard, const Clock& clock)
    : ledger_(ledger),
      registry_(registry),
      scoreboard_(scoreboard),
      clock_(clock),
      desk_(kMaxWaiting) {}

void CostDesk::Ask(const admin::v1::GetCostReportRequest& request, Done done) {
  desk_.Do([this, request, done = std::move(done)](const absl::Status& turn) {
    if (!turn.ok()) return done(turn);
    const Registered current = registry_.Current();
    const std::shared_ptr<const FleetView> fleet = scoreboard_.View();
    done(MakeCostReport({ledger_, *current.resources, *fleet, clock_.WallNow()},
                        request));
  });
}

}  // namespace weir::controlplane
