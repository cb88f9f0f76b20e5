#include "dataplane/node_reports.h"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/post.hpp>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include "common/clock.h"
#include "common/ids.h"
#include "dataplane/report_gather.h"
#include "dataplane/sync/report_build.h"
#include "dataplane/sync/report_extent.h"
#include "dataplane/target_totals.h"
#include "dataplane/worker.h"
#include "dataplane/worker_report.h"
#include "weir/routing/v1/routing.pb.h"

namespace weir::dataplane {
namespace {

namespace asio = boost::asio;

std::vector<ReportGather::Source> SourcesOf(
    const asio::any_io_executor& executor,
    const std::vector<std::unique_ptr<Worker>>& workers,
    const std::shared_ptr<TargetTotals>& totals) {
  std::vector<ReportGather::Source> sources;
  for (std::size_t i = 0; i < workers.size(); ++i) {
    // What comes too late for this report is in the next.
    const auto add = [executor, i, weak = std::weak_ptr<TargetTotals>(totals)](
                         std::vector<TargetChange> changes) {
      asio::post(executor, [i, weak, changes = std::move(changes)]() mutable {
        const std::shared_ptr<TargetTotals> known = weak.lock();
        if (known != nullptr) known->Add(i, std::move(changes));
      });
    };
    sources.emplace_back([worker = workers[i].get(),
                          add](std::function<void(WorkerReport)> done) {
      worker->CollectChanges(add, std::move(done));
    });
  }
  return sources;
}

}  // namespace

NodeReports::NodeReports(asio::any_io_executor executor,
                         const std::vector<std::unique_ptr<Worker>>& workers,
                         std::uint64_t boot_id, const Clock& clock)
    : boot_id_(boot_id),
      clock_(clock),
      totals_(std::make_shared<TargetTotals>()),
      gather_(executor, SourcesOf(executor, workers, totals_)) {}

void NodeReports::Make(ReportExtent extent,
                       std::function<void(routing::v1::Report)> done) {
  gather_.Gather([this, extent,
                  done = std::move(done)](const WorkerReport& merged) {
    routing::v1::Report report = BuildReport(merged, boot_id_);
    report.set_attempts(totals_->attempts().ended);
    report.set_failed_attempts(totals_->attempts().failed);
    if (extent == ReportExtent::kWhole) totals_->Forget();
    const absl::Time now = clock_.Now();
    totals_->TakeChanged(kMostReportedTargets,
                         [&](const TargetId& id, const TargetCounters& target) {
                           AddTarget(id, target, now, report);
                         });
    done(std::move(report));
  });
}

}  // namespace weir::dataplane
