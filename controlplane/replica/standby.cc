#include "controlplane/replica/standby.h"

#include <grpcpp/generic/async_generic_service.h>
#include <grpcpp/support/status.h>

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <memory>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/clock.h"
#include "common/concat.h"
#include "common/net/grpc_server.h"
#include "common/ops/metrics.h"
#include "controlplane/grpc_port.h"
#include "controlplane/http_port.h"
#include "controlplane/lease_watch.h"

namespace weir::controlplane {
namespace {

grpc::Status RefusalFor(const std::string& leader) {
  return grpc::Status(
      grpc::StatusCode::UNAVAILABLE,
      leader.empty()
          ? "this control plane stands by, and no leader is known; try again"
          : Concat("this control plane stands by; the leader is ", leader));
}

// One call that ends at once, of whatever kind.
class RefusedCall final : public grpc::ServerGenericBidiReactor {
 public:
  explicit RefusedCall(const grpc::Status& status) { Finish(status); }
  void OnDone() override { delete this; }
};

}  // namespace

class Standby::Refusal final : public grpc::CallbackGenericService {
 public:
  explicit Refusal(const LeaseWatch& lease) : lease_(lease) {}

  grpc::ServerGenericBidiReactor* CreateReactor(
      grpc::GenericCallbackServerContext* /*context*/) override {
    return new RefusedCall(RefusalFor(lease_.Current().leader));
  }

 private:
  const LeaseWatch& lease_;
};

Standby::Standby(std::shared_ptr<const LeaseWatch> lease,
                 const SystemClock& clock)
    : lease_(std::move(lease)),
      refusal_(std::make_unique<Refusal>(*lease_)),
      http_(Pages()),
      chores_(clock) {}

HttpPages Standby::Pages() {
  return {[this] {
            ops::MetricPage page;
            AddLeaseMetrics(lease_->Current(), page);
            grpc_->AddMetrics(page);
            return page.Text();
          },
          [this] {
            const LeaseReading lease = lease_->Current();
            boost::json::object health{{"status", "standby"},
                                       {"leader", lease.leader}};
            if (!lease.failure.empty()) health["problem"] = lease.failure;
            return boost::json::serialize(health) + "\n";
          },
          [] { return std::string("{\"models\":[]}\n"); },
          [] { return false; }};
}

absl::StatusOr<std::unique_ptr<Standby>> Standby::Start(
    const GrpcPortOptions& grpc, const std::string& http_listen,
    std::shared_ptr<const LeaseWatch> lease, const SystemClock& clock) {
  std::unique_ptr<Standby> standby(new Standby(std::move(lease), clock));
  absl::StatusOr<std::unique_ptr<GrpcPort>> port = GrpcPort::Open(grpc, clock);
  if (!port.ok()) return port.status();
  standby->grpc_ = *std::move(port);
  net::GrpcServerOptions server;
  server.other_calls = standby->refusal_.get();
  server.health = net::GrpcServerOptions::Health::kNotServing;
  absl::Status started = standby->grpc_->Serve(std::move(server));
  if (started.ok()) started = standby->http_.Start(http_listen);
  if (!started.ok()) return started;
  standby->chores_.Every(absl::Seconds(1),
                         [port = standby->grpc_.get()] { port->Poll(); });
  standby->chores_.Start();
  return standby;
}

Standby::~Standby() {
  chores_.Stop();
  if (grpc_ != nullptr) grpc_->Shutdown(absl::ZeroDuration());
  http_.Stop();
}

}  // namespace weir::controlplane
