#include "controlplane/rpc/node_session.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "controlplane/rpc/routing_messages.h"
#include "controlplane/rpc/usage_decode.h"

namespace weir::controlplane {
namespace {

namespace v1 = routing::v1;

// The epoch follows the wall clock and the store, so only a store that was
// lost and a clock that went back explain this.
std::vector<std::string> EpochProblems(std::uint64_t ours,
                                       const std::optional<Version>& config) {
  if (!config.has_value() || config->epoch <= ours) return {};
  return {absl::StrCat("runs epoch ", config->epoch,
                       ", which this control plane (epoch ", ours,
                       ") has not reached, and will refuse what it is sent; "
                       "check this machine's clock and restart")};
}

}  // namespace

PublicationPtr RoutingCore::ShouldRun(Lane lane, const NodeId& node) const {
  return lane == Lane::kConfig ? rollout.For(node) : publisher.Latest(lane);
}

SharedBytes RoutingCore::Heartbeat(const NodeId& node) {
  PublicationPtr config = ShouldRun(Lane::kConfig, node);
  PublicationPtr weights = ShouldRun(Lane::kWeights, node);
  MutexLock lock(&mutex_);
  for (const SharedHeartbeat& made : heartbeats_) {
    if (made.bytes != nullptr && made.config == config &&
        made.weights == weights) {
      return made.bytes;
    }
  }
  SharedHeartbeat& next = heartbeats_[next_heartbeat_];
  next_heartbeat_ = (next_heartbeat_ + 1) % heartbeats_.size();
  next.bytes =
      std::make_shared<const std::string>(HeartbeatMessage(config, weights));
  next.config = std::move(config);
  next.weights = std::move(weights);
  return next.bytes;
}

absl::Duration RoutingCore::ReportInterval() const {
  return absl::Milliseconds(500) + absl::Milliseconds(nodes.connected());
}

NodeSession::NodeSession(StreamId stream, RoutingCore& core)
    : stream_(stream),
      core_(core),
      opened_(core.clock.Now()),
      allowance_(opened_),
      last_sent_(opened_) {}

absl::Status NodeSession::OnMessage(const v1::SubscribeRequest& message) {
  // Usage has the ledger's room as its limit: a node that comes back with a
  // spool sends much of it at once.
  if (!message.has_usage() && !allowance_.Take(core_.clock.Now())) {
    return absl::ResourceExhaustedError("too many messages; send fewer");
  }
  if (message.has_hello()) return OnHello(message.hello());
  if (!node_.has_value()) {
    return absl::FailedPreconditionError("the first message is no Hello");
  }
  switch (message.message_case()) {
    case v1::SubscribeRequest::kAck:
      return OnAnswer(FromMessage(message.ack()));
    case v1::SubscribeRequest::kNack:
      return OnNack(message.nack());
    case v1::SubscribeRequest::kReport:
      return OnReport(message.report());
    case v1::SubscribeRequest::kUsage:
      return OnUsage(message.usage());
    case v1::SubscribeRequest::kDecisions:
      core_.decisions.OnAnswer(stream_, *node_, message.decisions());
      return absl::OkStatus();
    case v1::SubscribeRequest::kDraining:
      core_.nodes.OnDraining(stream_, *node_);
      return absl::OkStatus();
    default:
      ++core_.counters.unknown_messages;
      return absl::OkStatus();
  }
}

absl::Status NodeSession::OnHello(const v1::Hello& hello) {
  if (node_.has_value()) {
    return absl::InvalidArgumentError("a second Hello on one stream");
  }
  absl::StatusOr<NodeIdentity> identity = FromMessage(hello);
  if (!identity.ok()) return identity.status();
  absl::StatusOr<std::optional<Version>> config =
      FromMessage(hello.has_config() ? &hello.config() : nullptr);
  if (!config.ok()) return config.status();
  absl::StatusOr<std::optional<Version>> weights =
      FromMessage(hello.has_weights() ? &hello.weights() : nullptr);
  if (!weights.ok()) return weights.status();

  const NodeId id = identity->id;
  region_ = identity->region;
  boot_id_ = identity->boot_id;
  absl::Status listed = core_.nodes.OnHello(
      stream_,
      {*std::move(identity), *config, *weights,
       EpochProblems(core_.publisher.epoch(), *config), core_.clock.WallNow()});
  if (!listed.ok()) return listed;
  node_ = id;
  core_.quotas.OnHello(id);
  subscription_.emplace(*std::move(config), *std::move(weights));
  welcome_ = std::make_shared<const std::string>(
      WelcomeMessage({core_.publisher.epoch(), core_.ReportInterval(),
                      RoutingCore::kHeartbeatInterval}));
  for (Lane lane : {Lane::kConfig, Lane::kWeights}) OnPublished(lane);
  return absl::OkStatus();
}

absl::Status NodeSession::OnAnswer(absl::StatusOr<NodeAnswer> answer) {
  if (!answer.ok()) return answer.status();
  subscription_->OnAnswer(answer->lane, answer->running);
  core_.nodes.OnAnswer(stream_, *node_, *std::move(answer));
  return absl::OkStatus();
}

absl::Status NodeSession::OnNack(const v1::Nack& nack) {
  ++core_.counters.nacks;
  absl::StatusOr<NodeAnswer> answer = FromMessage(nack);
  if (answer.ok()) {
    spdlog::warn("node {} refuses a version: {}", node_->value,
                 absl::StrJoin(answer->problems, "; "));
  }
  return OnAnswer(std::move(answer));
}

absl::Status NodeSession::OnReport(const v1::Report& message) {
  absl::StatusOr<NodeReport> report = FromMessage(message);
  if (!report.ok()) return report.status();
  if (report->boot_id != boot_id_) {
    return absl::InvalidArgumentError("boot_id: is not the Hello's");
  }
  report->region = region_;
  ++core_.counters.reports;
  const bool current =
      core_.nodes.OnReport(stream_, *node_,
                           {message.requests_in_flight(),
                            message.streams_in_flight(), TrafficIn(message)},
                           core_.clock.Now());
  if (!current) return absl::OkStatus();
  // What others don't run must not move their traffic.
  if (!core_.rollout.IsOnTrial(*node_)) {
    core_.scoreboard.OnReport(*node_, *report);
    core_.providers.OnNodeReport(RefusalsIn(message));
  }
  core_.quotas.OnReport(*node_, boot_id_, DemandsIn(message));
  RefreshQuota();
  return absl::OkStatus();
}

absl::Status NodeSession::OnUsage(const v1::UsageBatch& message) {
  if (refused_usage_) return absl::OkStatus();
  UsageMisfits misfits;
  absl::StatusOr<UsageBatch> batch =
      FromMessage(message, core_.clock.WallNow(), misfits);
  if (!batch.ok()) return batch.status();
  core_.counters.usage_minutes_moved += misfits.minutes;
  core_.counters.usage_names_cut += misfits.names;
  core_.counters.usage_counts_cut += misfits.counts;
  core_.counters.usage_latencies_dropped += misfits.latencies;
  core_.counters.usage_records_dropped += misfits.records;
  batch->node = node_->value;
  refused_usage_ = !core_.ledger.Offer(stream_, *std::move(batch));
  return absl::OkStatus();
}

void NodeSession::OnUsageKept(std::uint64_t boot_id, std::uint64_t sequence) {
  std::uint64_t& latest = usage_acks_[boot_id];
  latest = std::max(latest, sequence);
}

SharedBytes NodeSession::TakeUsageAck() {
  if (usage_acks_.empty()) return nullptr;
  const auto [boot_id, sequence] = *usage_acks_.begin();
  usage_acks_.erase(usage_acks_.begin());
  return std::make_shared<const std::string>(
      UsageAckMessage(boot_id, sequence));
}

void NodeSession::OnPublished(Lane lane) {
  if (!subscription_.has_value()) return;
  PublicationPtr latest = core_.ShouldRun(lane, *node_);
  if (latest != nullptr) subscription_->Offer(lane, std::move(latest));
}

bool NodeSession::Ask(SharedBytes question) {
  if (!node_.has_value()) return false;
  question_ = std::move(question);
  return true;
}

void NodeSession::RefreshQuota() {
  if (!node_.has_value()) return;
  if (const auto grant = core_.quotas.TakeGrant(*node_)) {
    quota_ = std::make_shared<const std::string>(QuotaMessage(*grant));
  }
}

SharedBytes NodeSession::TakeNext() {
  if (!subscription_.has_value() || IsSending()) return nullptr;
  const absl::Time now = core_.clock.Now();
  SharedBytes next;
  if (welcome_ != nullptr) {
    next = std::exchange(welcome_, nullptr);
    subscription_->OnOther(now);
  } else if (PublicationPtr lane = subscription_->TakeNext(now)) {
    const std::string* message = &lane->message;
    next = SharedBytes(std::move(lane), message);
  } else if (quota_ != nullptr) {
    next = std::exchange(quota_, nullptr);
    subscription_->OnOther(now);
  } else if (question_ != nullptr) {
    next = std::exchange(question_, nullptr);
    subscription_->OnOther(now);
  } else if ((next = TakeUsageAck()) != nullptr) {
    subscription_->OnOther(now);
  } else {
    next = HeartbeatIfDue(now);
  }
  if (next != nullptr) last_sent_ = now;
  return next;
}

SharedBytes NodeSession::HeartbeatIfDue(absl::Time now) {
  if (now - last_sent_ < RoutingCore::kHeartbeatInterval) return nullptr;
  subscription_->OnOther(now);
  return core_.Heartbeat(*node_);
}

void NodeSession::OnSent() {
  if (subscription_.has_value()) subscription_->OnSent();
}

bool NodeSession::IsSending() const {
  return subscription_.has_value() && !subscription_->IsIdle();
}

absl::Status NodeSession::Check() const {
  const absl::Time now = core_.clock.Now();
  if (!subscription_.has_value()) {
    if (now - opened_ < RoutingCore::kHelloTimeout) return absl::OkStatus();
    return absl::DeadlineExceededError("no Hello within 10 s");
  }
  if (!subscription_->IsStuck(now)) return absl::OkStatus();
  return absl::DeadlineExceededError(
      "what was sent was not taken or answered within 30 s");
}

void NodeSession::OnEnd() {
  core_.decisions.OnStreamEnd(stream_);
  if (node_.has_value()) core_.nodes.OnEnd(stream_, *node_, core_.clock.Now());
}

}  // namespace weir::controlplane
