// A control plane that another one's death makes the leader.
#ifndef WEIR_CONTROLPLANE_REPLICA_STANDBY_H_
#define WEIR_CONTROLPLANE_REPLICA_STANDBY_H_

#include <grpcpp/generic/async_generic_service.h>

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "common/clock.h"
#include "controlplane/grpc_port.h"
#include "controlplane/http_port.h"
#include "controlplane/lease_watch.h"
#include "controlplane/replica/replica.h"
#include "controlplane/ticker.h"

namespace weir::controlplane {

// Holds the ports: every call of a caller with the right to make it ends with
// UNAVAILABLE and the leader's address, /readyz says 503, the gRPC health
// service NOT_SERVING; /livez and /metrics answer.
class Standby final : public Duty {
 public:
  // Errors of GrpcPort and HttpPort. `clock` outlives this.
  static absl::StatusOr<std::unique_ptr<Standby>> Start(
      const GrpcPortOptions& grpc, const std::string& http_listen,
      std::shared_ptr<const LeaseWatch> lease, const SystemClock& clock);
  ~Standby() override;

  // host:port where they really listen.
  const std::string& grpc_address() const { return grpc_->address(); }
  const std::string& http_address() const { return http_.address(); }

 private:
  class Refusal;

  Standby(std::shared_ptr<const LeaseWatch> lease, const SystemClock& clock);
  HttpPages Pages();

  const std::shared_ptr<const LeaseWatch> lease_;
  const std::unique_ptr<Refusal> refusal_;
  std::unique_ptr<GrpcPort> grpc_;
  HttpPort http_;
  Ticker chores_;
};

}  // namespace weir::controlplane

#endif  // WEIR_CONTROLPLANE_REPLICA_STANDBY_H_
