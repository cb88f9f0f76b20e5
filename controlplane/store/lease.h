// Who leads, of the control planes that share a database: a seam.
#ifndef WEIR_CONTROLPLANE_STORE_LEASE_H_
#define WEIR_CONTROLPLANE_STORE_LEASE_H_

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace weir::controlplane {

// As the database has it.
struct Lease {
  // Names one process among all.
  std::string holder;
  // host:port of its gRPC port, as others reach it.
  std::string address;
  // Of its leadership: greater than every one before.
  std::uint64_t epoch = 0;

  friend bool operator==(const Lease&, const Lease&) = default;
};

struct Candidate {
  // As in Lease.
  std::string holder;
  std::string address;
  // For how long it asks, by the database's clock: no two machines' clocks are
  // ever compared.
  absl::Duration term;
  // As in Store::BeginEpoch().
  std::uint64_t epoch_floor = 0;
};

// Thread safety: every method may be called from any thread; each may wait for
// the database. Errors as those of Store.
class LeaseStore {
 public:
  virtual ~LeaseStore() = default;

  // Who holds the lease now: the candidate, whose term begins anew, where it
  // held it already or nobody does; a holder whose term is over is nobody. Who
  // takes it begins an epoch, by which all writes of the store are fenced from
  // now on: every write of whoever held it before fails.
  virtual absl::StatusOr<Lease> Campaign(const Candidate& candidate) = 0;

  // Ends the holder's term, so that another need not wait for its end. Nothing
  // when it does not hold the lease.
  virtual absl::Status Resign(const std::string& holder) = 0;
};

}  // namespace weir::controlplane

#endif  // WEIR_CONTROLPLANE_STORE_LEASE_H_
