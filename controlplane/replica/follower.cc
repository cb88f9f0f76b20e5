#include "controlplane/replica/follower.h"

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <memory>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/clock.h"
#include "common/net/grpc_server.h"
#include "common/ops/metrics.h"
#include "controlplane/grpc_port.h"
#include "controlplane/http_port.h"
#include "controlplane/lease_watch.h"

namespace weir::controlplane {

Follower::Follower(std::unique_ptr<GrpcPort> grpc,
                   std::shared_ptr<const LeaseWatch> lease,
                   const SystemClock& clock)
    : lease_(std::move(lease)),
      grpc_(std::move(grpc)),
      relay_(
          lease_, [this] { return grpc_->ClientCredentials(); },
          grpc_->peer_name(),
          [this](const grpc::ServerContextBase& context) {
            return grpc_->WhoCalls(context);
          },
          clock),
      http_(Pages()),
      looks_(clock),
      chores_(clock) {}

HttpPages Follower::Pages() {
  return {[this] {
            ops::MetricPage page;
            AddLeaseMetrics(lease_->Current(), page);
            grpc_->AddMetrics(page);
            relay_.AddMetrics(page);
            return page.Text();
          },
          [this] {
            const LeaseReading lease = lease_->Current();
            boost::json::object health{{"status", "follower"},
                                       {"leader", lease.leader},
                                       {"reaches_leader", relay_.ready()}};
            if (!lease.failure.empty()) health["problem"] = lease.failure;
            return boost::json::serialize(health) + "\n";
          },
          [] { return std::string("{\"models\":[]}\n"); },
          [this] { return relay_.ready(); }};
}

void Follower::Look() {
  relay_.Look();
  grpc_->SetServing(relay_.ready());
}

absl::StatusOr<std::unique_ptr<Follower>> Follower::Start(
    const GrpcPortOptions& grpc, const std::string& http_listen,
    std::shared_ptr<const LeaseWatch> lease, const SystemClock& clock) {
  absl::StatusOr<std::unique_ptr<GrpcPort>> port = GrpcPort::Open(grpc, clock);
  if (!port.ok()) return port.status();
  std::unique_ptr<Follower> follower(
      new Follower(*std::move(port), std::move(lease), clock));
  net::GrpcServerOptions server;
  server.other_calls = &follower->relay_;
  absl::Status started = follower->grpc_->Serve(std::move(server));
  if (started.ok()) follower->Look();
  if (started.ok()) started = follower->http_.Start(http_listen);
  if (!started.ok()) return started;
  follower->looks_.Every(absl::Milliseconds(100),
                         [self = follower.get()] { self->Look(); });
  follower->chores_.Every(absl::Seconds(1),
                          [port = follower->grpc_.get()] { port->Poll(); });
  follower->looks_.Start();
  follower->chores_.Start();
  return follower;
}

Follower::~Follower() {
  looks_.Stop();
  chores_.Stop();
  grpc_->Shutdown(absl::ZeroDuration());
  http_.Stop();
}

}  // namespace weir::controlplane
