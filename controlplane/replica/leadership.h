// Whether this control plane leads, from what the lease says. Pure.
#ifndef WEIR_CONTROLPLANE_REPLICA_LEADERSHIP_H_
#define WEIR_CONTROLPLANE_REPLICA_LEADERSHIP_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "controlplane/store/lease.h"

namespace weir::controlplane {

struct Standing {
  // The epoch that it leads in; nullopt: it follows.
  std::optional<std::uint64_t> leads = std::nullopt;
  // Where the leader's gRPC port is, as far as is known; empty: nobody knows.
  std::string leader = {};

  friend bool operator==(const Standing&, const Standing&) = default;
};

// What follows from `seen`, the lease or why it can't be read, for the process
// that calls itself `holder`.
//
// Who can't reach the database stays what it is. A leader cannot know then
// whether another has taken over; but nodes follow the highest epoch that they
// have seen, and no write of its own is kept any more. To step down would stop
// health checks and weights each time that the database is away, for everybody.
//
// A leadership that was lost and won again is another one: somebody else may
// have written meanwhile.
Standing Next(const Standing& before, const absl::StatusOr<Lease>& seen,
              const std::string& holder);

}  // namespace weir::controlplane

#endif  // WEIR_CONTROLPLANE_REPLICA_LEADERSHIP_H_
