// What a node tells the control plane of its traffic.
#ifndef WEIR_DATAPLANE_NODE_REPORTS_H_
#define WEIR_DATAPLANE_NODE_REPORTS_H_

#include <boost/asio/any_io_executor.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "common/clock.h"
#include "dataplane/report_gather.h"
#include "dataplane/sync/report_extent.h"
#include "dataplane/target_totals.h"
#include "dataplane/worker.h"
#include "weir/routing/v1/routing.pb.h"

namespace weir::dataplane {

// Thread safety: `executor` runs one handler at a time; everything is called
// from there.
class NodeReports {
 public:
  // `workers` and `clock` outlive this.
  NodeReports(boost::asio::any_io_executor executor,
              const std::vector<std::unique_ptr<Worker>>& workers,
              std::uint64_t boot_id, const Clock& clock);

  // Calls `done` on the executor, once, after the call has returned.
  void Make(ReportExtent extent, std::function<void(routing::v1::Report)> done);

 private:
  const std::uint64_t boot_id_;
  const Clock& clock_;
  // A worker may have something to say when this is gone.
  const std::shared_ptr<TargetTotals> totals_;
  ReportGather gather_;
};

}  // namespace weir::dataplane

#endif  // WEIR_DATAPLANE_NODE_REPORTS_H_
