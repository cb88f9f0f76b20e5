// Owns the control plane's parts, starts and stops them in order.
#ifndef WEIR_CONTROLPLANE_CONTROL_PLANE_H_
#define WEIR_CONTROLPLANE_CONTROL_PLANE_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/clock.h"
#include "controlplane/alert/webhook_sender.h"
#include "controlplane/grpc_port.h"
#include "controlplane/lease_watch.h"
#include "controlplane/ledger/ledger.h"
#include "controlplane/probe/prober.h"
#include "controlplane/rollout/rollout.h"
#include "controlplane/store/store.h"

namespace weir::controlplane {

struct ControlPlaneOptions {
  GrpcPortOptions grpc = {};
  // host:port; port 0: the system's choice.
  std::string http_listen = "127.0.0.1:7401";
  // The file that the registry follows; empty: none.
  std::string resource_file;
  // As in AlertBook.
  absl::Duration alert_hold = absl::Seconds(30);
  UsageRetention usage_retention = {};
  RolloutPolicy rollout = {};
  // The lease that it leads by; null: it is alone on its store, and begins an
  // epoch of its own.
  std::shared_ptr<const LeaseWatch> lease = nullptr;
};

// Thread safety: Start(), Stop() and destruction on one thread; the rest from
// any.
class ControlPlane {
 public:
  // Everything runs when it returns. `clock` outlives this.
  //
  // Errors of the store, the listeners and their certificates; INVALID_ARGUMENT
  // when options contradict each other, or nothing was ever configured and the
  // resource file can't be used either.
  static absl::StatusOr<std::unique_ptr<ControlPlane>> Start(
      ControlPlaneOptions options, std::shared_ptr<Store> store,
      std::unique_ptr<Prober> prober, std::unique_ptr<WebhookSender> webhooks,
      const SystemClock& clock);
  // Stops if that has not been done.
  ~ControlPlane();

  // host:port where they really listen.
  std::string grpc_address() const;
  std::string http_address() const;

  // Tells nodes and watchers that it is over, ends everything, waits for it.
  void Stop();

 private:
  class Impl;
  explicit ControlPlane(std::unique_ptr<Impl> impl);

  std::unique_ptr<Impl> impl_;
};

}  // namespace weir::controlplane

#endif  // WEIR_CONTROLPLANE_CONTROL_PLANE_H_
