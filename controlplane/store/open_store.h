// --store, read and opened.
#ifndef WEIR_CONTROLPLANE_STORE_OPEN_STORE_H_
#define WEIR_CONTROLPLANE_STORE_OPEN_STORE_H_

#include <memory>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "controlplane/store/store.h"

namespace weir::controlplane {

// The file that a `sqlite://` URL names: all that follows the two slashes. So
// sqlite:///var/lib/weir.db is /var/lib/weir.db, and sqlite://weir.db is
// weir.db in the working directory.
//
// INVALID_ARGUMENT for everything else; postgresql:// is not in this version.
absl::StatusOr<std::string> SqlitePath(std::string_view store_url);

// Errors of SqlitePath() and of SqliteStore::Open().
absl::StatusOr<std::unique_ptr<Store>> OpenStore(std::string_view store_url);

}  // namespace weir::controlplane

#endif  // WEIR_CONTROLPLANE_STORE_OPEN_STORE_H_
