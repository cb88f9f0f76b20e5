// What must survive the control plane, as a seam.
#ifndef WEIR_CONTROLPLANE_STORE_STORE_H_
#define WEIR_CONTROLPLANE_STORE_STORE_H_

#include <cstdint>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "controlplane/store/journal.h"
#include "controlplane/store/lease.h"
#include "controlplane/store/usage_store.h"
#include "weir/config/v1/resources.pb.h"

namespace weir::controlplane {

// Everything an operator configured, as of one revision.
struct StoredResources {
  // Grows by one with each change; 0: nothing was ever configured.
  std::uint64_t revision = 0;
  config::v1::Resources resources;
};

// Thread safety: every method may be called from any thread; each may wait for
// a disk.
//
// Errors of all methods: UNAVAILABLE when it can't be reached or written now
// (disk full, read-only), with what to do; DATA_LOSS when what it holds is
// damaged. After an error nothing of the failed call is kept.
class Store {
 public:
  virtual ~Store() = default;

  // What was saved last.
  virtual absl::StatusOr<StoredResources> Load() = 0;

  // Durable when it returns OK: a crash of process or machine right afterwards
  // loses nothing. ABORTED unless `next.revision` is the successor of what was
  // saved last: somebody else wrote meanwhile.
  virtual absl::Status Save(const StoredResources& next) = 0;

  // Begins a leadership: durably keeps an epoch that is greater than every one
  // before and at least `floor`, and returns it. 1 or more. Who wrote with an
  // earlier one gets FAILED_PRECONDITION from now on. With a lease(), that does
  // it.
  virtual absl::StatusOr<std::uint64_t> BeginEpoch(std::uint64_t floor) = 0;

  // What was kept of alerts, events and groups.
  virtual absl::StatusOr<Journal> LoadJournal() = 0;
  // All of it or nothing; durable when it returns OK.
  virtual absl::Status SaveJournal(const JournalUpdate& update) = 0;

  // What was used; lives as long as this.
  virtual UsageStore& usage() = 0;

  // By which control planes on one store agree who leads; lives as long as
  // this. Null: only one process can have the store open, and it leads.
  virtual LeaseStore* lease() { return nullptr; }
};

}  // namespace weir::controlplane

#endif  // WEIR_CONTROLPLANE_STORE_STORE_H_
