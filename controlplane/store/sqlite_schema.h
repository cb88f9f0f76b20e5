// The schema of a store's database and how it grows.
#ifndef WEIR_CONTROLPLANE_STORE_SQLITE_SCHEMA_H_
#define WEIR_CONTROLPLANE_STORE_SQLITE_SCHEMA_H_

#include "absl/status/status.h"
#include "controlplane/store/sqlite_database.h"

namespace weir::controlplane {

// Refuses what is not a sound database of ours: DATA_LOSS when it is damaged,
// FAILED_PRECONDITION when it is somebody else's or a newer version's. Writes
// nothing.
absl::Status CheckDatabase(SqliteDatabase& database);

// Applies the migrations that the database lacks, each whole or not at all.
// REQUIRES: CheckDatabase() was OK.
absl::Status Migrate(SqliteDatabase& database);

}  // namespace weir::controlplane

#endif  // WEIR_CONTROLPLANE_STORE_SQLITE_SCHEMA_H_
