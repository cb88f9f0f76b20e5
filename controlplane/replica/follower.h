// A control plane that another one's death makes the leader.
#ifndef WEIR_CONTROLPLANE_REPLICA_FOLLOWER_H_
#define WEIR_CONTROLPLANE_REPLICA_FOLLOWER_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "common/clock.h"
#include "controlplane/grpc_port.h"
#include "controlplane/http_port.h"
#include "controlplane/lease_watch.h"
#include "controlplane/replica/relay.h"
#include "controlplane/replica/replica.h"
#include "controlplane/ticker.h"

namespace weir::controlplane {

// Holds the ports and serves nodes and operators by the leader's answers: the
// calls of those who have the right to make them are passed on. /readyz says
// 200, and the gRPC health service SERVING, while that works.
class Follower final : public Duty {
 public:
  // Errors of GrpcPort and HttpPort. `clock` outlives this.
  static absl::StatusOr<std::unique_ptr<Follower>> Start(
      const GrpcPortOptions& grpc, const std::string& http_listen,
      std::shared_ptr<const LeaseWatch> lease, const SystemClock& clock);
  ~Follower() override;

  // host:port where they really listen.
  const std::string& grpc_address() const { return grpc_->address(); }
  const std::string& http_address() const { return http_.address(); }

 private:
  Follower(std::unique_ptr<GrpcPort> grpc,
           std::shared_ptr<const LeaseWatch> lease, const SystemClock& clock);
  HttpPages Pages();
  void Look();

  const std::shared_ptr<const LeaseWatch> lease_;
  const std::unique_ptr<GrpcPort> grpc_;
  Relay relay_;
  HttpPort http_;
  Ticker looks_;
  Ticker chores_;
};

}  // namespace weir::controlplane

#endif  // WEIR_CONTROLPLANE_REPLICA_FOLLOWER_H_
