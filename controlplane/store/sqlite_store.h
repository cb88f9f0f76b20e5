// The store in one SQLite file on one machine.
#ifndef WEIR_CONTROLPLANE_STORE_SQLITE_STORE_H_
#define WEIR_CONTROLPLANE_STORE_SQLITE_STORE_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "controlplane/store/store.h"

namespace weir::controlplane {

// A write-ahead log with synchronous=FULL: each commit is on the disk before it
// is acknowledged. An operator's change is rare and an epoch must never be
// given twice, so the price of an fsync (milliseconds) is not felt; NORMAL
// could lose the last commits with the machine's power.
//
// Opens or creates `path`, brings its schema up to date, checks it.
//
// UNAVAILABLE: can't be opened or written, or another control plane uses it
// (`path`.lock is held). DATA_LOSS: damaged or no database at all.
// FAILED_PRECONDITION: a newer version's or somebody else's database.
absl::StatusOr<std::unique_ptr<Store>> OpenSqliteStore(const std::string& path);

}  // namespace weir::controlplane

#endif  // WEIR_CONTROLPLANE_STORE_SQLITE_STORE_H_
