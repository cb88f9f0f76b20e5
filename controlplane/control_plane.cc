#include "controlplane/control_plane.h"

#include <spdlog/spdlog.h>

#include <atomic>
#include <optional>
#include <utility>
#include <vector>

#include "common/config/size_limit.h"
#include "common/net/grpc_server.h"
#include "common/random.h"
#include "controlplane/alert/alert_watch.h"
#include "controlplane/alert/event_log.h"
#include "controlplane/alert/journal_keeper.h"
#include "controlplane/alert/webhook_delivery.h"
#include "controlplane/alert_metrics.h"
#include "controlplane/budget/budget_book.h"
#include "controlplane/budget/budget_watch.h"
#include "controlplane/config_event.h"
#include "controlplane/credential_check.h"
#include "controlplane/grpc_port.h"
#include "controlplane/http_port.h"
#include "controlplane/http_views.h"
#include "controlplane/ledger/ledger.h"
#include "controlplane/ledger_watch.h"
#include "controlplane/metrics.h"
#include "controlplane/probe/probe_loop.h"
#include "controlplane/probe_counter.h"
#include "controlplane/provider/provider_board.h"
#include "controlplane/publish/node_list.h"
#include "controlplane/publish/publisher.h"
#include "controlplane/quota/quota_board.h"
#include "controlplane/registry/diff.h"
#include "controlplane/registry/registry.h"
#include "controlplane/registry/resource_file.h"
#include "controlplane/rpc/admin_service.h"
#include "controlplane/rpc/routing_messages.h"
#include "controlplane/rpc/routing_service.h"
#include "controlplane/scoreboard.h"
#include "controlplane/ticker.h"

namespace weir::controlplane {
namespace {
// Calls that run when the control plane stops get this long.
constexpr absl::Duration kGrace = absl::Seconds(2);

}  // namespace

// Members stand in the order in which they depend on each other.
class ControlPlane::Impl {
 public:
  Impl(ControlPlaneOptions options, std::unique_ptr<Store> store,
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
  void StartTickers();
  // What the ledger and budgets have to say.
  void LookAtAccounts();
  void ForgetLostNodes();
  std::vector<std::string> Problems() const;
  std::string MetricsPage() const;

  const ControlPlaneOptions options_;
  const SystemClock& clock_;
  SystemRandom random_;
  std::atomic<bool> ready_{false};
  bool stopped_ = false;

  const std::unique_ptr<Store> store_;
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
  JournalKeeper journal_;
  // As the last event about them has them; in the registry's listener only.
  std::shared_ptr<const config::v1::Resources> noted_resources_;

  Ledger ledger_;
  BudgetBook budgets_;
  QuotaBoard quotas_;
  NodeList nodes_;
  Publisher publisher_;
  RoutingCore routing_core_;
  RoutingService routing_;
  CostDesk costs_;
  AdminService admin_;
  std::unique_ptr<GrpcPort> grpc_;
  HttpPort http_;

  // What must not wait for a disk, what may, and what may for long.
  Ticker prompt_;
  Ticker chores_;
  Ticker accounts_;
};

ControlPlane::Impl::Impl(ControlPlaneOptions options,
                         std::unique_ptr<Store> store,
                         std::unique_ptr<Registry> registry,
                         std::uint64_t epoch, std::unique_ptr<Prober> prober,
                         std::unique_ptr<WebhookSender> webhooks,
                         const SystemClock& clock)
    : options_(std::move(options)),
      clock_(clock),
      store_(std::move(store)),
      registry_(std::move(registry)),
      scoreboard_(clock),
      providers_(clock),
      credentials_(*registry_, scoreboard_, providers_),
      probe_loop_(
          clock, random_,
          std::make_unique<CountedProber>(std::move(prober), probe_counter_),
          scoreboard_, providers_),
      deliveries_(clock, delivery_random_, std::move(webhooks)),
      alerts_(clock, events_, options_.alert_hold,
              [this](const Alert& alert) { deliveries_.Send(alert); }),
      journal_(*store_,
               {scoreboard_, providers_, alerts_, events_, deliveries_}),
      ledger_(store_->usage(), clock, options_.usage_retention),
      budgets_(ledger_, clock),
      quotas_(clock),
      publisher_(epoch, Sources()),
      routing_core_(publisher_, nodes_, scoreboard_, providers_, ledger_,
                    quotas_, clock),
      routing_(routing_core_, options_.max_nodes),
      costs_(ledger_, *registry_, scoreboard_, clock),
      admin_({*registry_, scoreboard_, publisher_, nodes_,
              routing_core_.decisions, costs_, clock,
              [this] { return Problems(); }, alerts_, events_, deliveries_,
              quotas_, budgets_}),
      http_(Pages()),
      prompt_(clock),
      chores_(clock),
      accounts_(clock) {}

LaneSources ControlPlane::Impl::Sources() {
  return {[this](Lane lane) -> std::optional<std::string> {
            const Registered current = registry_->Current();
            // Never configured: it must not empty nodes that know better.
            if (current.revision == 0) return std::nullopt;
            if (lane == Lane::kConfig) return ConfigContent(*current.resources);
            return WeightsContent(*scoreboard_.View());
          },
          LaneMessage};
}

HttpPages ControlPlane::Impl::Pages() {
  return {
      [this] { return MetricsPage(); },
      [this] {
        return HealthJson({*scoreboard_.View(), registry_->Current().revision,
                           nodes_.connected(), Problems()});
      },
      [this] {
        return RoutingWeightsJson(*scoreboard_.View(),
                                  publisher_.Latest(Lane::kWeights));
      },
      [this] { return ready_.load(); }};
}

absl::Status ControlPlane::Impl::Start() {
  absl::StatusOr<std::unique_ptr<GrpcPort>> grpc =
      GrpcPort::Open(options_.grpc, clock_);
  if (!grpc.ok()) return grpc.status();
  grpc_ = *std::move(grpc);
  if (absl::Status fine = journal_.Load(); !fine.ok()) return fine;
  if (absl::Status fine = ledger_.Load(); !fine.ok()) return fine;
  noted_resources_ = registry_->Current().resources;
  Connect();
  if (absl::Status fine = FollowResourceFile(); !fine.ok()) return fine;
  credentials_.Refresh();
  probe_loop_.SetResources(registry_->Current().resources);
  deliveries_.SetResources(registry_->Current().resources);
  ledger_.SetResources(*registry_->Current().resources);
  budgets_.SetResources(registry_->Current().resources);
  quotas_.SetResources(*registry_->Current().resources);
  publisher_.Tick(clock_.Now());

  net::GrpcServerOptions grpc_options;
  grpc_options.services = {&routing_, &admin_};
  grpc_options.max_connections = 2 * options_.max_nodes;
  grpc_options.max_receive_bytes = config::kMaxMessageBytes;
  if (absl::Status fine = grpc_->Serve(std::move(grpc_options)); !fine.ok()) {
    return fine;
  }
  if (absl::Status fine = http_.Start(options_.http_listen); !fine.ok()) {
    return fine;
  }
  probe_loop_.Start();
  deliveries_.Start();
  StartTickers();
  ready_ = true;
  return absl::OkStatus();
}

void ControlPlane::Impl::Connect() {
  scoreboard_.OnChange(
      [this] { publisher_.OnChange(Lane::kWeights, clock_.Now()); });
  registry_->OnChange([this](const Registered& current) {
    credentials_.Refresh();
    probe_loop_.SetResources(current.resources);
    deliveries_.SetResources(current.resources);
    ledger_.SetResources(*current.resources);
    budgets_.SetResources(current.resources);
    quotas_.SetResources(*current.resources);
    NoteChange(current);
    publisher_.OnChange(Lane::kConfig, clock_.Now());
  });
  ledger_.Watch(
      [this](const std::vector<UsageRow>& rows) { budgets_.OnKept(rows); });
  publisher_.OnPublish([this](Lane lane, const PublicationPtr& latest) {
    if (lane == Lane::kConfig) {
      spdlog::info("config {} of epoch {} is published",
                   latest->version.sequence, latest->version.epoch);
    }
    routing_.Publish(lane, latest);
  });
}

void ControlPlane::Impl::NoteChange(const Registered& current) {
  events_.Add(clock_.WallNow(), event_kind::kConfigChanged, "",
              ConfigEventText(current.revision,
                              Diff(*noted_resources_, *current.resources)));
  noted_resources_ = current.resources;
}

absl::Status ControlPlane::Impl::FollowResourceFile() {
  if (options_.resource_file.empty()) return absl::OkStatus();
  resource_file_.emplace(options_.resource_file, *registry_);
  absl::Status followed = resource_file_->Poll();
  if (followed.ok() || registry_->Current().revision > 0) {
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError(followed.message());
}

void ControlPlane::Impl::StartTickers() {
  prompt_.Every(absl::Milliseconds(25),
                [this] { publisher_.Tick(clock_.Now()); });
  prompt_.Every(absl::Milliseconds(100), [this] { routing_.RefreshQuotas(); });
  prompt_.Every(absl::Milliseconds(200), [this] {
    admin_.Tick();
    routing_core_.decisions.Tick();
  });
  prompt_.Every(absl::Milliseconds(250), [this] {
    scoreboard_.SetProviders(providers_.Views());
    scoreboard_.Tick();
    LookAtAccounts();
  });
  prompt_.Every(absl::Seconds(1), [this] {
    routing_.Tick();
    ForgetLostNodes();
  });
  chores_.Every(absl::Seconds(1), [this] { journal_.Save(); });
  chores_.Every(absl::Seconds(1), [this] { grpc_->Poll(); });
  chores_.Every(absl::Seconds(5), [this] { credentials_.Refresh(); });
  accounts_.Every(absl::Milliseconds(100), [this] {
    ledger_.Write();
    budgets_.Refresh().IgnoreError();  // It is read again next time.
  });
  accounts_.Every(absl::Minutes(1), [this] { ledger_.RollUp(); });
  if (resource_file_.has_value()) {
    chores_.Every(absl::Milliseconds(500),
                  [this] { resource_file_->Poll().IgnoreError(); });
  }
  prompt_.Start();
  chores_.Start();
  accounts_.Start();
}

void ControlPlane::Impl::LookAtAccounts() {
  const std::vector<BudgetStanding> standings = budgets_.Standings();
  quotas_.SetSpent(SpentKeys(standings));
  std::vector<Condition> conditions = LedgerConditions(ledger_.stats());
  for (Condition& condition : BudgetConditions(standings)) {
    conditions.push_back(std::move(condition));
  }
  alerts_.Look(scoreboard_.View(), std::move(conditions));
}

void ControlPlane::Impl::ForgetLostNodes() {
  for (const NodeId& node : nodes_.Tick(clock_.Now())) {
    spdlog::info("node {} is gone", node.value);
    scoreboard_.ForgetNode(node);
    quotas_.ForgetNode(node);
  }
}

void ControlPlane::Impl::Stop() {
  ready_ = false;
  accounts_.Stop();
  chores_.Stop();
  prompt_.Stop();
  probe_loop_.Stop();
  routing_core_.decisions.Stop();
  costs_.Stop();
  routing_.Stop();
  admin_.Stop();
  if (grpc_ != nullptr) grpc_->Shutdown(kGrace);
  http_.Stop();
  deliveries_.Stop();
  if (!std::exchange(stopped_, true)) {
    journal_.Save(JournalKeeper::Occasion::kEnd);
    ledger_.Write();  // What came last; dropped when it comes again.
  }
}

std::vector<std::string> ControlPlane::Impl::Problems() const {
  std::vector<std::string> problems;
  if (resource_file_.has_value()) {
    problems = resource_file_->problems();
  }
  if (registry_->Current().revision == 0) {
    problems.push_back("nothing is configured; use weirctl apply -f FILE");
  }
  for (const auto& more : {credentials_.problems(), grpc_->problems()}) {
    problems.insert(problems.end(), more.begin(), more.end());
  }
  for (Condition& condition : LedgerConditions(ledger_.stats())) {
    problems.push_back(std::move(condition.summary));
  }
  return problems;
}

std::string ControlPlane::Impl::MetricsPage() const {
  const PublicationPtr config = publisher_.Latest(Lane::kConfig);
  const PublicationPtr weights = publisher_.Latest(Lane::kWeights);
  std::optional<bool> file_applied;
  if (resource_file_.has_value()) file_applied = resource_file_->state().ok();
  const std::shared_ptr<const FleetView> fleet = scoreboard_.View();
  ops::MetricPage page = MakeMetrics(
      {*fleet, publisher_.epoch(), registry_->Current().revision, config,
       weights, nodes_.Count(config, weights), routing_.streams(),
       routing_core_.counters, grpc_->stats(), probe_counter_.Counts(),
       registry_->store_errors() + journal_.errors(),
       credentials_.problems().size(), file_applied});
  AddAlertMetrics(
      {alerts_.Alerts(), alerts_.RaisedCounts(), deliveries_.Counts()}, page);
  AddLedgerMetrics(ledger_.stats(), routing_core_.counters, page);
  grpc_->AddMetrics(page);
  AddBudgetMetrics(budgets_.Standings(), quotas_.Uses(), page);
  return page.Text();
}

absl::StatusOr<std::unique_ptr<ControlPlane>> ControlPlane::Start(
    ControlPlaneOptions options, std::unique_ptr<Store> store,
    std::unique_ptr<Prober> prober, std::unique_ptr<WebhookSender> webhooks,
    const SystemClock& clock) {
  absl::StatusOr<std::unique_ptr<Registry>> registry = Registry::Open(*store);
  if (!registry.ok()) return registry.status();
  // Seconds since 1970 make epochs grow even when the store was lost or an old
  // copy of it restored, which nodes would otherwise refuse to follow.
  absl::StatusOr<std::uint64_t> epoch = store->BeginEpoch(
      static_cast<std::uint64_t>(absl::ToUnixSeconds(clock.WallNow())));
  if (!epoch.ok()) return epoch.status();
  auto impl = std::make_unique<Impl>(
      std::move(options), std::move(store), *std::move(registry), *epoch,
      std::move(prober), std::move(webhooks), clock);
  std::unique_ptr<ControlPlane> control_plane(
      new ControlPlane(std::move(impl)));
  absl::Status started = control_plane->impl_->Start();
  if (!started.ok()) return started;
  return control_plane;
}

ControlPlane::ControlPlane(std::unique_ptr<Impl> impl)
    : impl_(std::move(impl)) {}

ControlPlane::~ControlPlane() { Stop(); }

std::string ControlPlane::grpc_address() const { return impl_->grpc_address(); }

std::string ControlPlane::http_address() const { return impl_->http_address(); }

void ControlPlane::Stop() { impl_->Stop(); }

}  // namespace weir::controlplane
