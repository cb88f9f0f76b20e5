// What a follower does with every call: the leader gets it.
#ifndef WEIR_CONTROLPLANE_REPLICA_RELAY_H_
#define WEIR_CONTROLPLANE_REPLICA_RELAY_H_

#include <grpcpp/channel.h>
#include <grpcpp/generic/async_generic_service.h>
#include <grpcpp/security/credentials.h>
#include <grpcpp/server_context.h>

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "common/clock.h"
#include "common/mutex.h"
#include "common/ops/metrics.h"
#include "controlplane/access/actor.h"
#include "controlplane/lease_watch.h"
#include "controlplane/replica/relayed_call.h"

namespace weir::controlplane {

// Passes calls on to whoever leads. While nobody does, or the leader can't be
// reached, calls wait for up to kPatience, longer than it takes another to take
// over: a node's stream is back as soon as somebody leads, without a back-off.
//
// Thread safety: every method may be called from any thread.
class Relay final : public grpc::CallbackGenericService {
 public:
  static constexpr absl::Duration kPatience = absl::Seconds(10);
  // By which the leader is called; the same pointer as long as they have not
  // changed.
  using Credentials =
      std::function<std::shared_ptr<grpc::ChannelCredentials>()>;

  // For whom a call is passed on, which the leader is told.
  using WhoCalls = std::function<Actor(const grpc::ServerContextBase&)>;

  // `peer_name` is in the leader's certificate; empty: its host. `clock`
  // outlives this.
  Relay(std::shared_ptr<const LeaseWatch> lease, Credentials credentials,
        std::string peer_name, WhoCalls who_calls, const Clock& clock);
  // REQUIRES: the server has been shut down.
  ~Relay() override = default;

  // Finds out who leads and whether it answers; begins calls that wait, or
  // refuses those that waited too long. Call some times a second.
  void Look();

  // A call would be passed on now.
  bool ready() const;

  void AddMetrics(ops::MetricPage& page) const;

  grpc::ServerGenericBidiReactor* CreateReactor(
      grpc::GenericCallbackServerContext* context) override;

 private:
  struct Waiting {
    std::shared_ptr<RelayedCall> call;
    absl::Time since;
  };

  // To the leader that `leader_` and `credentials_in_use_` tell of.
  std::shared_ptr<grpc::Channel> ChannelTo(const std::string& leader)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // Counts what became of a call, unless its caller had left.
  void Begin(RelayedCall& call, const std::shared_ptr<grpc::Channel>& leader);
  void Refuse(RelayedCall& call, const std::string& leader);

  const std::shared_ptr<const LeaseWatch> lease_;
  const Credentials credentials_;
  const std::string peer_name_;
  const WhoCalls who_calls_;
  const Clock& clock_;

  std::atomic<std::uint64_t> begun_{0};
  std::atomic<std::uint64_t> refused_{0};

  mutable Mutex mutex_;
  std::string leader_ ABSL_GUARDED_BY(mutex_);
  std::shared_ptr<grpc::ChannelCredentials> credentials_in_use_
      ABSL_GUARDED_BY(mutex_);
  std::shared_ptr<grpc::Channel> channel_ ABSL_GUARDED_BY(mutex_);
  bool ready_ ABSL_GUARDED_BY(mutex_) = false;
  std::vector<Waiting> waiting_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace weir::controlplane

#endif  // WEIR_CONTROLPLANE_REPLICA_RELAY_H_
