// How much a report says.
#ifndef WEIR_DATAPLANE_SYNC_REPORT_EXTENT_H_
#define WEIR_DATAPLANE_SYNC_REPORT_EXTENT_H_

namespace weir::dataplane {

enum class ReportExtent {
  // All targets that were ever used: who is told knows nothing yet.
  kWhole,
  // Those that changed since the last report.
  kChanges,
};

}  // namespace weir::dataplane

#endif  // WEIR_DATAPLANE_SYNC_REPORT_EXTENT_H_
