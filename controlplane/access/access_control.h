// Decides on each call of the gRPC port.
#ifndef WEIR_CONTROLPLANE_ACCESS_ACCESS_CONTROL_H_
#define WEIR_CONTROLPLANE_ACCESS_ACCESS_CONTROL_H_

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/clock.h"
#include "common/mutex.h"
#include "common/net/grpc_security.h"
#include "controlplane/access/actor.h"
#include "controlplane/access/role.h"
#include "controlplane/access/token_file.h"

namespace weir::controlplane {

// A token, where there is one, says who calls; else the certificate does. Who
// changes something is logged, and so is who is refused, though not more than
// once a second: strangers must not fill the disk.
//
// Thread safety: every method may be called from any thread.
class AccessControl {
 public:
  // Calls that were refused.
  struct Counts {
    // Neither a certificate nor a token that is known.
    std::uint64_t unauthenticated = 0;
    // Known, without the role.
    std::uint64_t forbidden = 0;
  };

  // `tokens` may be null: there are none. `clock` outlives this.
  AccessControl(std::shared_ptr<const TokenFile> tokens, const Clock& clock)
      : tokens_(std::move(tokens)), clock_(clock) {}

  // OK, UNAUTHENTICATED or PERMISSION_DENIED, with what to do for the caller.
  absl::Status Authorize(const net::GrpcCall& call);

  // Who makes a call that was let through, in the events' words.
  Actor ActorOf(const net::GrpcCall& call) const;

  Counts counts() const { return {unauthenticated_, forbidden_}; }

 private:
  struct Caller {
    std::string name;
    std::vector<Role> roles;
  };

  absl::StatusOr<Caller> WhoCalls(const net::GrpcCall& call) const;
  void LogRefusal(const net::GrpcCall& call, const absl::Status& why);

  const std::shared_ptr<const TokenFile> tokens_;
  const Clock& clock_;
  std::atomic<std::uint64_t> unauthenticated_{0};
  std::atomic<std::uint64_t> forbidden_{0};

  Mutex mutex_;
  absl::Time next_log_ ABSL_GUARDED_BY(mutex_) = absl::InfinitePast();
  std::uint64_t unlogged_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace weir::controlplane

#endif  // WEIR_CONTROLPLANE_ACCESS_ACCESS_CONTROL_H_
