// From a node's numbers to the report that it sends.
#ifndef WEIR_DATAPLANE_SYNC_REPORT_BUILD_H_
#define WEIR_DATAPLANE_SYNC_REPORT_BUILD_H_

#include <cstddef>
#include <cstdint>

#include "absl/time/time.h"
#include "common/ids.h"
#include "dataplane/worker_report.h"
#include "weir/routing/v1/routing.pb.h"

namespace weir::dataplane {

// The control plane takes so many.
inline constexpr std::size_t kMostReportedTargets = 10'000;

// All but the targets. `merged` is of all workers. Pure.
routing::v1::Report BuildReport(const WorkerReport& merged,
                                std::uint64_t boot_id);

// Adds what all workers have seen of a target, unless that is nothing. `now` is
// on the same clock as its times.
void AddTarget(const TargetId& id, const TargetCounters& counters,
               absl::Time now, routing::v1::Report& report);

}  // namespace weir::dataplane

#endif  // WEIR_DATAPLANE_SYNC_REPORT_BUILD_H_
