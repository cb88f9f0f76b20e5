#include "controlplane/control_plane.h"

#include <spdlog/spdlog.h>

#include <atomic>
#include <optional>
#include <utility>
#include <vector>

#include "common/net/grpc_server.h"
#include "controlplane/config_event.h"
#include "controlplane/control_plane_parts.h"
#include "controlplane/grpc_port.h"
#include "controlplane/lease_watch.h"
#include "controlplane/ledger/ledger.h"
#include "controlplane/probe_counter.h"
#include "controlplane/publish/publisher.h"
#include "controlplane/registry/diff.h"
#include "controlplane/registry/registry.h"
#include "controlplane/rollout_watch.h"
#include "controlplane/rpc/routing_messages.h"
#include "controlplane/weights_hold.h"

namespace weir::controlplane {
namespace {
// Calls that run when the control plane stops get this long.
constexpr absl::Duration kGrace = absl::Seconds(2);

absl::StatusOr<std::uint64_t> EpochOf(const ControlPlaneOptions& options,
                                      Store& store, const Clock& clock) {
  if (options.lease != nullptr) return options.lease->Current().epoch;
  // Seconds since 1970 make epochs grow even when the store was lost or an old
  // copy of it restored, which nodes would otherwise refuse to follow.
  return store.BeginEpoch(
      static_cast<std::uint64_t>(absl::ToUnixSeconds(clock.WallNow())));
}

}  // namespace

ControlPlane::Impl::Impl(ControlPlaneOptions options,
                         std::shared_ptr<Store> store,
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
      credentials_([this] { return InForce(); }, scoreboard_, providers_),
      probe_loop_(
          clock, random_,
          std::make_unique<CountedProber>(std::move(prober), probe_counter_),
          scoreboard_, providers_),
      deliveries_(clock, delivery_random_, std::move(webhooks)),
      alerts_(clock, events_, options_.alert_hold,
              [this](const Alert& alert) { deliveries_.Send(alert); }),
      ledger_(store_->usage(), clock, options_.usage_retention),
      budgets_(ledger_, clock),
      misreports_(clock),
      quotas_(clock),
      publisher_(epoch, Sources()),
      rollout_(publisher_, nodes_, options_.rollout, clock_),
      journal_(*store_, {scoreboard_, providers_, alerts_, events_, deliveries_,
                         rollout_}),
      routing_core_(publisher_, rollout_, nodes_, scoreboard_, providers_,
                    ledger_, quotas_, clock),
      routing_(routing_core_, options_.grpc.max_nodes),
      costs_(ledger_, *registry_, scoreboard_, clock),
      admin_({*registry_, scoreboard_, publisher_, rollout_, nodes_,
              routing_core_.decisions, costs_, clock,
              [this] { return Problems(); }, alerts_, events_, deliveries_,
              quotas_, budgets_,
              [this](const grpc::ServerContextBase& context) {
                return grpc_->WhoCalls(context);
              }}),
      http_(Pages()),
      prompt_(clock),
      chores_(clock),
      records_(clock),
      accounts_(clock) {}

LaneSources ControlPlane::Impl::Sources() {
  return {[this](Lane lane) -> std::optional<std::string> {
            const Registered current = registry_->Current();
            // Never configured: it must not empty nodes that know better.
            if (current.revision == 0) return std::nullopt;
            if (lane == Lane::kConfig) return rollout_.Consider(current);
            if (holds_weights_) return std::nullopt;
            return WeightsContent(*scoreboard_.View());
          },
          LaneMessage};
}

absl::Status ControlPlane::Impl::Start() {
  absl::StatusOr<std::unique_ptr<GrpcPort>> grpc =
      GrpcPort::Open(options_.grpc, clock_);
  if (!grpc.ok()) return grpc.status();
  grpc_ = *std::move(grpc);
  if (absl::Status fine = journal_.Load(); !fine.ok()) return fine;
  if (absl::Status fine = ledger_.Load(); !fine.ok()) return fine;
  noted_resources_ = registry_->Current().resources;
  began_ = clock_.Now();
  holds_weights_ =
      options_.lease != nullptr && registry_->Current().revision > 0;
  Connect();
  if (absl::Status fine = FollowResourceFile(); !fine.ok()) return fine;
  deliveries_.SetResources(registry_->Current().resources);
  ledger_.SetResources(*registry_->Current().resources);
  budgets_.SetResources(registry_->Current().resources);
  quotas_.SetResources(*registry_->Current().resources);
  publisher_.Tick(clock_.Now());
  FollowRollout();

  net::GrpcServerOptions grpc_options;
  grpc_options.services = {&routing_, &admin_};
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
  scoreboard_.OnChange([this](Scoreboard::Urgency urgency) {
    if (urgency == Scoreboard::Urgency::kUrgent) {
      publisher_.OnUrgentChange(Lane::kWeights, clock_.Now());
    } else {
      publisher_.OnChange(Lane::kWeights, clock_.Now());
    }
  });
  registry_->OnChange([this](const Registered& current) {
    deliveries_.SetResources(current.resources);
    ledger_.SetResources(*current.resources);
    budgets_.SetResources(current.resources);
    quotas_.SetResources(*current.resources);
    NoteChange(current);
    publisher_.OnChange(Lane::kConfig, clock_.Now());
  });
  ledger_.Watch([this](const std::vector<UsageRow>& rows) {
    budgets_.OnKept(rows);
    misreports_.OnKept(rows);
  });
  publisher_.OnPublish([this](Lane lane, const PublicationPtr& latest) {
    if (lane == Lane::kConfig) {
      spdlog::info("config {} of epoch {} is published",
                   latest->version.sequence, latest->version.epoch);
    }
    routing_.Publish(lane);
  });
  rollout_.Connect({[this] { routing_.Publish(Lane::kConfig); },
                    [this](const RolloutNews& news) { NoteRollout(news); },
                    [this](const std::vector<NodeId>& nodes) {
                      scoreboard_.ForgetNodes(nodes);
                    }});
}

std::shared_ptr<const config::v1::Resources> ControlPlane::Impl::InForce()
    const {
  std::shared_ptr<const config::v1::Resources> standing = rollout_.InForce();
  return standing != nullptr ? standing : registry_->Current().resources;
}

void ControlPlane::Impl::FollowRollout() {
  std::shared_ptr<const config::v1::Resources> now = InForce();
  if (now == followed_) return;
  followed_ = std::move(now);
  credentials_.Refresh();
  probe_loop_.SetResources(followed_);
}

void ControlPlane::Impl::NoteRollout(const RolloutNews& news) {
  if (news.kind == RolloutNews::Kind::kHalted) {
    spdlog::error("{}", news.text);
  } else {
    spdlog::info("{}", news.text);
  }
  events_.Add(clock_.WallNow(), EventKindOf(news.kind), "", news.text, news.by);
}

void ControlPlane::Impl::NoteChange(const Registered& current) {
  events_.Add(clock_.WallNow(), event_kind::kConfigChanged, "",
              ConfigEventText(current.revision,
                              Diff(*noted_resources_, *current.resources)),
              current.author);
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
  prompt_.Every(absl::Milliseconds(25), [this] {
    publisher_.Tick(clock_.Now());
    rollout_.Tick();
  });
  prompt_.Every(absl::Milliseconds(100), [this] { routing_.RefreshQuotas(); });
  prompt_.Every(absl::Milliseconds(200), [this] {
    admin_.Tick();
    routing_core_.decisions.Tick();
  });
  prompt_.Every(absl::Milliseconds(250), [this] {
    scoreboard_.SetProviders(providers_.Views());
    scoreboard_.Tick();
    LookAtAccounts();
    LetGoOfWeights();
  });
  prompt_.Every(absl::Seconds(1), [this] {
    routing_.Tick();
    ForgetLostNodes();
  });
  records_.Every(absl::Seconds(1), [this] { journal_.Save(); });
  chores_.Every(absl::Milliseconds(25), [this] { FollowRollout(); });
  chores_.Every(absl::Seconds(1), [this] { grpc_->Poll(); });
  chores_.Every(absl::Seconds(5), [this] { credentials_.Refresh(); });
  accounts_.Every(absl::Milliseconds(100), [this] {
    ledger_.Write();
    DoubtBudgets();
    budgets_.Refresh().IgnoreError();  // It is read again next time.
  });
  accounts_.Every(absl::Minutes(1), [this] { ledger_.RollUp(); });
  if (resource_file_.has_value()) {
    records_.Every(absl::Milliseconds(500),
                   [this] { resource_file_->Poll().IgnoreError(); });
  }
  prompt_.Start();
  chores_.Start();
  records_.Start();
  accounts_.Start();
}

void ControlPlane::Impl::DoubtBudgets() {
  const Ledger::Stats stats = ledger_.stats();
  if (stats.errors == doubted_errors_ || stats.failing_for.has_value()) return;
  doubted_errors_ = stats.errors;
  budgets_.ReadAgain();
}

void ControlPlane::Impl::LetGoOfWeights() {
  if (!holds_weights_) return;
  const bool hold = HoldsWeights(
      clock_.Now() - began_, *scoreboard_.View(),
      [this](const TargetId& target) { return scoreboard_.Turning(target); });
  if (hold) return;
  holds_weights_ = false;
  publisher_.OnChange(Lane::kWeights, clock_.Now());
}

void ControlPlane::Impl::ForgetLostNodes() {
  const std::vector<NodeId> gone = nodes_.Tick(clock_.Now());
  if (gone.empty()) return;
  for (const NodeId& node : gone) {
    spdlog::info("node {} is gone", node.value);
    quotas_.ForgetNode(node);
  }
  scoreboard_.ForgetNodes(gone);
}

void ControlPlane::Impl::Stop() {
  ready_ = false;
  accounts_.Stop();
  records_.Stop();
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

absl::StatusOr<std::unique_ptr<ControlPlane>> ControlPlane::Start(
    ControlPlaneOptions options, std::shared_ptr<Store> store,
    std::unique_ptr<Prober> prober, std::unique_ptr<WebhookSender> webhooks,
    const SystemClock& clock) {
  absl::StatusOr<std::unique_ptr<Registry>> registry = Registry::Open(*store);
  if (!registry.ok()) return registry.status();
  absl::StatusOr<std::uint64_t> epoch = EpochOf(options, *store, clock);
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
