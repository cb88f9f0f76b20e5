// One node of a fleet, as the control plane sees it.
#ifndef WEIR_BENCH_FLEET_SIMULATED_NODE_H_
#define WEIR_BENCH_FLEET_SIMULATED_NODE_H_

#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>
#include <grpcpp/support/client_callback.h>
#include <grpcpp/support/status.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "absl/time/time.h"
#include "common/mutex.h"
#include "weir/routing/v1/routing.grpc.pb.h"

namespace weir::bench {

// Subscribes, acknowledges all that it gets, and says no more. It holds nothing
// but the last version of each lane, so that ten thousand fit one process.
//
// Thread safety: every method may be called from any thread.
class SimulatedNode final
    : public grpc::ClientBidiReactor<routing::v1::SubscribeRequest,
                                     routing::v1::SubscribeResponse> {
 public:
  // When it acknowledged weights, and of which sequence.
  using OnAcked = std::function<void(std::uint64_t sequence, absl::Time when)>;

  // Connects at once, by a connection of its own.
  SimulatedNode(const std::shared_ptr<grpc::Channel>& channel,
                const std::string& id, std::uint64_t boot_id, OnAcked on_acked);
  // Ends the stream and waits for that.
  ~SimulatedNode() override;

  void Report();
  // Why the stream has ended; nullopt while it runs.
  std::optional<grpc::Status> ended() const;

 private:
  void OnReadDone(bool ok) override;
  void OnWriteDone(bool ok) override;
  void OnDone(const grpc::Status& status) override;

  void Acknowledge(routing::v1::Lane lane, const routing::v1::Version& version);
  // Nothing more is written; gRPC ends the call when it is over.
  void LetGo();
  void WriteNext() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const OnAcked on_acked_;
  const std::uint64_t boot_id_;
  const std::unique_ptr<routing::v1::Routing::Stub> stub_;
  grpc::ClientContext context_;
  routing::v1::SubscribeResponse response_;

  mutable Mutex mutex_;
  CondVar changed_;
  // OnDone() waits for LetGo().
  bool held_ ABSL_GUARDED_BY(mutex_) = true;
  // On its way; none while !writing_.
  routing::v1::SubscribeRequest request_ ABSL_GUARDED_BY(mutex_);
  bool writing_ ABSL_GUARDED_BY(mutex_) = true;
  // What is said next: the newest of each lane, and whether to report.
  std::optional<routing::v1::Version> config_ ABSL_GUARDED_BY(mutex_);
  std::optional<routing::v1::Version> weights_ ABSL_GUARDED_BY(mutex_);
  bool report_ ABSL_GUARDED_BY(mutex_) = false;
  std::optional<grpc::Status> ended_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace weir::bench

#endif  // WEIR_BENCH_FLEET_SIMULATED_NODE_H_
