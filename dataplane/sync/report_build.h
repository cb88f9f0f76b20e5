// From a node's numbers to the report that it sends.
#ifndef WEIR_DATAPLANE_SYNC_REPORT_BUILD_H_
#define WEIR_DATAPLANE_SYNC_REPORT_BUILD_H_

#include <cstdint>

#include "absl/time/time.h"
#include "dataplane/worker_report.h"
#include "weir/routing/v1/routing.pb.h"

namespace weir::dataplane {

// `merged` is of all workers, `now` on the same clock as its times. Targets of
// which nothing is known yet are left out. Pure.
routing::v1::Report BuildReport(const WorkerReport& merged,
                                std::uint64_t boot_id, absl::Time now);

}  // namespace weir::dataplane

#endif  // WEIR_DATAPLANE_SYNC_REPORT_BUILD_H_
