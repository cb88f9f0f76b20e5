// --store, read and opened.
#ifndef WEIR_CONTROLPLANE_STORE_OPEN_STORE_H_
#define WEIR_CONTROLPLANE_STORE_OPEN_STORE_H_

#include <memory>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/clock.h"
#include "controlplane/store/store.h"

namespace weir::controlplane {

// The file that a `sqlite://` URL names: all that follows the two slashes. So
// sqlite:///var/lib/weir.db is /var/lib/weir.db, and sqlite://weir.db is
// weir.db in the working directory. INVALID_ARGUMENT for everything else.
absl::StatusOr<std::string> SqlitePath(std::string_view store_url);

// INVALID_ARGUMENT for what names no store; pure. Quotes nothing that may hold
// a password.
absl::Status CheckStoreUrl(std::string_view store_url);

// Errors of CheckStoreUrl() and of OpenSqliteStore(). A PostgreSQL database is
// connected to by whoever needs it first. `clock` outlives the store.
absl::StatusOr<std::unique_ptr<Store>> OpenStore(std::string_view store_url,
                                                 const Clock& clock);

}  // namespace weir::controlplane

#endif  // WEIR_CONTROLPLANE_STORE_OPEN_STORE_H_
