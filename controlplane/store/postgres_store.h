// The store in a PostgreSQL database, for one control plane or many.
#ifndef WEIR_CONTROLPLANE_STORE_POSTGRES_STORE_H_
#define WEIR_CONTROLPLANE_STORE_POSTGRES_STORE_H_

#include <memory>

#include "common/clock.h"
#include "controlplane/store/postgres_url.h"
#include "controlplane/store/store.h"

namespace weir::controlplane {

// Everything is in the schema `weir` of the database. Connects with the first
// call that needs it, so that it may be opened while the database is away.
// `clock` outlives the store.
std::unique_ptr<Store> NewPostgresStore(PostgresUrl url, const Clock& clock);

}  // namespace weir::controlplane

#endif  // WEIR_CONTROLPLANE_STORE_POSTGRES_STORE_H_
