// The schema of a store's database and how it grows.
#ifndef WEIR_CONTROLPLANE_STORE_SQL_SCHEMA_H_
#define WEIR_CONTROLPLANE_STORE_SQL_SCHEMA_H_

#include "absl/status/status.h"
#include "controlplane/store/database.h"

namespace weir::controlplane {

// Applies the migrations that the database lacks, each whole or not at all, and
// writes nothing when it lacks none. Several processes may do so at once.
// FAILED_PRECONDITION when a newer version wrote it.
absl::Status Migrate(Database& database);

}  // namespace weir::controlplane

#endif  // WEIR_CONTROLPLANE_STORE_SQL_SCHEMA_H_
