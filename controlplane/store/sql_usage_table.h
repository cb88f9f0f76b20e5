// Sums of usage in the store's database.
#ifndef WEIR_CONTROLPLANE_STORE_SQL_USAGE_TABLE_H_
#define WEIR_CONTROLPLANE_STORE_SQL_USAGE_TABLE_H_

#include <cstdint>
#include <functional>
#include <map>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "controlplane/store/database.h"
#include "controlplane/store/usage_store.h"

namespace weir::controlplane {

// Rows of [since, until). What can't be read of them, because somebody edited
// them, is bounded or left out.
absl::Status ReadUsage(Database& database, absl::Time since, absl::Time until,
                       const std::function<void(const UsageRow&)>& visit);

// The writing half. Not thread-safe.
class SqlUsageTable {
 public:
  // `database` outlives this.
  explicit SqlUsageTable(Database& database) : database_(database) {}

  // Adds to the row of the same begin, span and series.
  // REQUIRES: inside a transaction; after one that failed, Forget().
  absl::Status Add(const UsageRow& row);
  // As UsageStore::RollUp(). REQUIRES: as Add().
  absl::StatusOr<bool> RollUp(const RollUpStep& step);

  // What was written may not be there.
  void Forget() { ids_.clear(); }

 private:
  absl::StatusOr<std::uint64_t> SeriesId(const UsageSeries& series);

  Database& database_;
  // Of rows of usage_series that are known to be there.
  std::map<UsageSeries, std::uint64_t> ids_;
};

}  // namespace weir::controlplane

#endif  // WEIR_CONTROLPLANE_STORE_SQL_USAGE_TABLE_H_
