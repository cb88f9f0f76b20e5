// The parts of a control plane; for control_plane*.cc alone.
#ifndef WEIR_CONTROLPLANE_CONTROL_PLANE_PARTS_H_
#define WEIR_CONTROLPLANE_CONTROL_PLANE_PARTS_H_

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "common/clock.h"
#include "common/random.h"
#include "controlplane/alert/alert_rules.h"
#include "controlplane/alert/alert_watch.h"
#include "controlplane/alert/event_log.h"
#include "controlplane/alert/journal_keeper.h"
#include "controlplane/alert/webhook_delivery.h"
#include "controlplane/alert/webhook_sender.h"
#include "controlplane/budget/budget_book.h"
#include "controlplane/control_plane.h"
#include "controlplane/credential_check.h"
#include "controlplane/grpc_port.h"
#include "controlplane/http_port.h"
#include "controlplane/ledger/ledger.h"
#include "controlplane/ledger/misreports.h"
#include "controlplane/probe/probe_loop.h"
#include "controlplane/probe/prober.h"
#include "controlplane/probe_counter.h"
#include "controlplane/provider/provider_board.h"
#include "controlplane/publish/node_list.h"
#include "controlplane/publish/publisher.h"
#include "controlplane/quota/quota_board.h"
#include "controlplane/registry/registry.h"
#include "controlplane/registry/resource_file.h"
#include "controlplane/rollout/rollout.h"
#include "controlplane/rpc/admin_service.h"
#include "controlplane/rpc/routing_service.h"
#include "controlplane/scoreboard.h"
#include "controlplane/store/store.h"
#include "controlplane/ticker.h"
#include "weir/config/v1/resources.pb.h"

namespace weir::controlplane {

// Members stand in the order in which they depend on each other.
class ControlPlane::Impl {
 public:
  Impl(ControlPlaneOptions options, std::shared_ptr<Store> store,
       std::unique_ptr<Registry> registry, std::uint64_t epoch,
       std::unique_ptr<Prober> prober, std::unique_ptr<WebhookSender> webhooks,
       const SystemClock& clock);

  absl::Status Start();
  void Stop();

  std::string grpc_address() const { return grpc_->address(); }
  std::string http_address() const { return http_.address(); }

 private:
  LaneSources Sources();
  HttpPages Pages();
  absl::Status FollowResourceFile();
  void Connect();
  void NoteChange(const Registered& current);
  void NoteRollout(const RolloutNews& news);
  // What most nodes run: what is probed, and what weights are for.
  std::shared_ptr<const config::v1::Resources> InForce() const;
  void FollowRollout();
  void StartTickers();
  // What the ledger and budgets have to say.
  void LookAtAccounts();
  void ForgetLostNodes();
  // What a failure to store usage may have kept nevertheless comes again as a
  // repetition, which budgets do not see: once all is well they read the store.
  void DoubtBudgets();
  // Publishes the first weights after another control plane's.
  void LetGoOfWeights();
  // What is wrong with what is not a target.
  std::vector<Condition> Conditions() const;
  std::vector<std::string> Problems() const;
  std::string MetricsPage() const;

  const ControlPlaneOptions options_;
  const SystemClock& clock_;
  SystemRandom random_;
  std::atomic<bool> ready_{false};
  // Nodes keep the weights of who led before until ours are as good.
  std::atomic<bool> holds_weights_{false};
  absl::Time began_;
  bool stopped_ = false;

  const std::shared_ptr<Store> store_;
  const std::unique_ptr<Registry> registry_;
  std::optional<ResourceFileFollower> resource_file_;
  Scoreboard scoreboard_;
  ProviderBoard providers_;
  CredentialCheck credentials_;

  ProbeCounter probe_counter_;
  ProbeLoop probe_loop_;

  SystemRandom delivery_random_;
  WebhookDelivery deliveries_;
  EventLog events_;
  AlertWatch alerts_;
  // As the last event about them has them; in the registry's listener only.
  std::shared_ptr<const config::v1::Resources> noted_resources_;
  // As probes have them; of the start, then of the chores' thread.
  std::shared_ptr<const config::v1::Resources> followed_;

  Ledger ledger_;
  BudgetBook budgets_;
  Misreports misreports_;
  // Failures of the ledger that budgets have been told of; of their thread.
  std::uint64_t doubted_errors_ = 0;
  QuotaBoard quotas_;
  NodeList nodes_;
  Publisher publisher_;
  Rollout rollout_;
  JournalKeeper journal_;
  RoutingCore routing_core_;
  RoutingService routing_;
  CostDesk costs_;
  AdminService admin_;
  std::unique_ptr<GrpcPort> grpc_;
  HttpPort http_;

  // What must not wait, what may wait for a disk, and what for the store, which
  // may be away: what happened, and what was used.
  Ticker prompt_;
  Ticker chores_;
  Ticker records_;
  Ticker accounts_;
};

}  // namespace weir::controlplane

#endif  // WEIR_CONTROLPLANE_CONTROL_PLANE_PARTS_H_
