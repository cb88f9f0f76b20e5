#include "controlplane/replica/relay.h"

#include <grpcpp/support/status.h>

#include <algorithm>
#include <iterator>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "common/clock.h"
#include "common/concat.h"
#include "common/config/size_limit.h"
#include "common/mutex.h"
#include "common/net/grpc_channel.h"
#include "common/net/grpc_security.h"
#include "common/ops/metrics.h"
#include "controlplane/access/actor.h"
#include "controlplane/lease_watch.h"
#include "controlplane/replica/relayed_call.h"

namespace weir::controlplane {
namespace {

grpc::Status RefusalFor(const std::string& leader) {
  return grpc::Status(
      grpc::StatusCode::UNAVAILABLE,
      leader.empty()
          ? "this control plane does not lead, and no leader is known; try "
            "again"
          : Concat("this control plane does not lead, and the leader, ", leader,
                   ", does not answer it; try again"));
}

}  // namespace

Relay::Relay(std::shared_ptr<const LeaseWatch> lease, Credentials credentials,
             std::string peer_name, WhoCalls who_calls, const Clock& clock)
    : lease_(std::move(lease)),
      credentials_(std::move(credentials)),
      peer_name_(std::move(peer_name)),
      who_calls_(std::move(who_calls)),
      clock_(clock) {}

std::shared_ptr<grpc::Channel> Relay::ChannelTo(const std::string& leader) {
  std::shared_ptr<grpc::ChannelCredentials> credentials = credentials_();
  if (leader != leader_ || credentials != credentials_in_use_) {
    leader_ = leader;
    credentials_in_use_ = std::move(credentials);
    channel_ = leader.empty()
                   ? nullptr
                   : net::NewGrpcChannel(leader, credentials_in_use_,
                                         config::kMaxMessageBytes, peer_name_);
  }
  return channel_;
}

void Relay::Look() {
  const std::string leader = lease_->Current().leader;
  const absl::Time now = clock_.Now();
  std::shared_ptr<grpc::Channel> channel;
  std::vector<Waiting> ended;
  {
    MutexLock lock(&mutex_);
    channel = ChannelTo(leader);
    ready_ = channel != nullptr &&
             channel->GetState(/*try_to_connect=*/true) == GRPC_CHANNEL_READY;
    if (!ready_) channel = nullptr;
    const auto stay = std::partition(
        waiting_.begin(), waiting_.end(), [&](const Waiting& waiting) {
          return channel == nullptr && now - waiting.since < kPatience;
        });
    std::move(stay, waiting_.end(), std::back_inserter(ended));
    waiting_.erase(stay, waiting_.end());
  }
  for (const Waiting& waiting : ended) {
    if (channel != nullptr) {
      Begin(*waiting.call, channel);
    } else {
      Refuse(*waiting.call, leader);
    }
  }
}

void Relay::Begin(RelayedCall& call,
                  const std::shared_ptr<grpc::Channel>& leader) {
  if (call.Begin(leader)) ++begun_;
}

void Relay::Refuse(RelayedCall& call, const std::string& leader) {
  if (call.Refuse(RefusalFor(leader))) ++refused_;
}

bool Relay::ready() const {
  MutexLock lock(&mutex_);
  return ready_;
}

void Relay::AddMetrics(ops::MetricPage& page) const {
  constexpr char kCalls[] = "weir_relayed_calls_total";
  constexpr char kHelp[] =
      "Calls that came to a follower: passed on to the leader, or refused "
      "because none answered";
  page.Counter(kCalls, kHelp, {{"outcome", "passed_on"}},
               static_cast<double>(begun_.load()));
  page.Counter(kCalls, kHelp, {{"outcome", "refused"}},
               static_cast<double>(refused_.load()));
  MutexLock lock(&mutex_);
  page.Gauge("weir_relayed_calls_waiting",
             "Calls that wait for somebody to lead.", {},
             static_cast<double>(waiting_.size()));
}

grpc::ServerGenericBidiReactor* Relay::CreateReactor(
    grpc::GenericCallbackServerContext* context) {
  std::shared_ptr<RelayedCall> call =
      RelayedCall::Accept(context, ToText(who_calls_(*context)));
  // gRPC's own until the call has ended.
  grpc::ServerGenericBidiReactor* const reactor = call.get();
  // Two that take each other for the leader would pass it to and fro.
  if (context->client_metadata().contains(net::kRelayedHeader)) {
    Refuse(*call, "");
    return reactor;
  }
  std::shared_ptr<grpc::Channel> channel;
  {
    MutexLock lock(&mutex_);
    if (ready_) {
      channel = channel_;
    } else {
      waiting_.push_back({call, clock_.Now()});
    }
  }
  if (channel != nullptr) Begin(*call, channel);
  return reactor;
}

}  // namespace weir::controlplane
