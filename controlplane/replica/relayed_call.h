// One call that a follower passes on to the leader.
#ifndef WEIR_CONTROLPLANE_REPLICA_RELAYED_CALL_H_
#define WEIR_CONTROLPLANE_REPLICA_RELAYED_CALL_H_

#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>
#include <grpcpp/generic/async_generic_service.h>
#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/client_callback.h>
#include <grpcpp/support/status.h>

#include <memory>
#include <string>
#include <utility>

#include "common/mutex.h"

namespace weir::controlplane {

// Messages go through unread, one at a time in each direction, so a slow reader
// at one end holds up the other and nothing piles up here. Whoever ends the
// call ends it for both.
//
// Thread safety: Begin() and Refuse() may be called from any thread; the first
// of them decides, unless the caller left before.
class RelayedCall final : public grpc::ServerGenericBidiReactor,
                          public std::enable_shared_from_this<RelayedCall> {
 public:
  // Lives until the call has ended at both ends, whoever else holds it. The
  // leader is told that it is `relayed_for` somebody (net::kRelayedHeader).
  // REQUIRES: CreateReactor() returns it for `context`.
  static std::shared_ptr<RelayedCall> Accept(
      grpc::GenericCallbackServerContext* context, std::string relayed_for);

  // Sends it to `leader`. False, and nothing is done: that it was to be sent,
  // refused or that the caller left is decided already.
  bool Begin(const std::shared_ptr<grpc::Channel>& leader);
  // Ends it; likewise.
  bool Refuse(const grpc::Status& why);

 private:
  // The call to the leader.
  class Upstream final
      : public grpc::ClientBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer> {
   public:
    explicit Upstream(RelayedCall& call) : call_(call) {}
    void OnReadDone(bool ok) override { call_.OnAnswer(ok); }
    void OnWriteDone(bool ok) override { call_.OnPassedOn(ok); }
    void OnDone(const grpc::Status& status) override {
      call_.OnUpstreamEnd(status);
    }

   private:
    RelayedCall& call_;
  };

  RelayedCall(grpc::GenericCallbackServerContext* context,
              std::string relayed_for)
      : context_(context),
        relayed_for_(std::move(relayed_for)),
        upstream_(*this) {}

  // Of the caller.
  void OnReadDone(bool ok) override;
  void OnWriteDone(bool ok) override;
  void OnCancel() override;
  void OnDone() override;

  // Of the leader.
  void OnAnswer(bool ok);
  void OnPassedOn(bool ok);
  void OnUpstreamEnd(const grpc::Status& status);

  enum class Decision { kBegin, kEnd };
  // False: another one was made before.
  bool Decide(Decision decision);

  grpc::GenericCallbackServerContext* const context_;
  const std::string relayed_for_;
  grpc::ClientContext upstream_context_;
  Upstream upstream_;
  // Each belongs to the one read or write in its direction.
  grpc::ByteBuffer request_;
  grpc::ByteBuffer answer_;

  Mutex mutex_;
  // Whether there is, or will be, a call to the leader.
  bool decided_ ABSL_GUARDED_BY(mutex_) = false;
  // The leader has said all: nothing more may be started there.
  bool upstream_over_ ABSL_GUARDED_BY(mutex_) = false;
  // What gRPC holds of this, until the OnDone() of each end.
  std::shared_ptr<RelayedCall> for_caller_ ABSL_GUARDED_BY(mutex_);
  std::shared_ptr<RelayedCall> for_upstream_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace weir::controlplane

#endif  // WEIR_CONTROLPLANE_REPLICA_RELAYED_CALL_H_
