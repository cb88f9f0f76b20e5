// The journal in the store's database: a table for each of its parts.
#ifndef WEIR_CONTROLPLANE_STORE_SQL_JOURNAL_H_
#define WEIR_CONTROLPLANE_STORE_SQL_JOURNAL_H_

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "controlplane/store/database.h"
#include "controlplane/store/journal.h"

namespace weir::controlplane {

// A row whose times can't be read is left out: somebody edited it.
absl::StatusOr<Journal> ReadJournal(Database& database);

// REQUIRES: called inside a transaction.
absl::Status WriteJournal(Database& database, const JournalUpdate& update);

}  // namespace weir::controlplane

#endif  // WEIR_CONTROLPLANE_STORE_SQL_JOURNAL_H_
