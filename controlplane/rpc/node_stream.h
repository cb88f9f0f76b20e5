// One node's stream: reads, writes, ends.
#ifndef WEIR_CONTROLPLANE_RPC_NODE_STREAM_H_
#define WEIR_CONTROLPLANE_RPC_NODE_STREAM_H_

#include <grpcpp/grpcpp.h>

#include <cstdint>
#include <optional>

#include "absl/status/status.h"
#include "common/mutex.h"
#include "controlplane/publish/publication.h"
#include "controlplane/rpc/decision_desk.h"
#include "controlplane/rpc/node_session.h"
#include "controlplane/rpc/shared_buffer.h"
#include "controlplane/rpc/stream_table.h"

namespace weir::controlplane {

// Obeys a NodeSession. One read and at most one write are pending at a time, so
// a peer that doesn't read costs one message, and one that floods is read as
// fast as it is understood.
//
// Thread safety: every method may be called from any thread; gRPC calls the
// On... methods on threads of its own. Kept alive by the table from Start()
// until gRPC is done with it.
class NodeStream final
    : public grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer> {
 public:
  // All outlive this.
  NodeStream(StreamId id, RoutingCore& core, StreamTable& table,
             grpc::CallbackServerContext& context);

  void Start();
  void OnPublished(Lane lane);
  // As NodeSession::RefreshQuota().
  void RefreshQuota();
  // As NodeSession::OnUsageKept().
  void OnUsageKept(std::uint64_t boot_id, std::uint64_t sequence);
  // The ledger has room again: ends the stream where usage was refused, for a
  // node sends on a new stream what was not acknowledged.
  void OnLedgerRoom();
  // The node that was asked; absent where none has introduced itself, or the
  // stream is over.
  std::optional<DecisionDesk::Asked> Ask(const SharedBytes& question);
  // About a second has passed: heartbeat, or the end of one that is stuck.
  void Tick();
  // Ends the stream with `status`; once.
  void End(const absl::Status& status);

 private:
  void OnReadDone(bool ok) override;
  void OnWriteDone(bool ok) override;
  void OnCancel() override;
  void OnDone() override;

  absl::Status Understand() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void WriteNext() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void EndLocked(const absl::Status& status)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // On to the next messages, both ways.
  void Continue() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // Lets it speak for `node`, in place of an older stream.
  void Introduce(const NodeId& node) ABSL_LOCKS_EXCLUDED(mutex_);
  // The peer is at fault.
  void Break(const absl::Status& status) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const StreamId id_;
  RoutingCore& core_;
  StreamTable& table_;
  grpc::CallbackServerContext& context_;

  // Held while gRPC's Start... and Finish() are called, for none of them may
  // follow Finish().
  Mutex mutex_;
  NodeSession session_ ABSL_GUARDED_BY(mutex_);
  // It is its node's stream. Nothing is said before that: a node that hears us
  // and begins another stream would be taken for the older one.
  bool speaks_ ABSL_GUARDED_BY(mutex_) = false;
  bool finished_ ABSL_GUARDED_BY(mutex_) = false;
  // Of Tick() since then.
  int calls_since_finish_ ABSL_GUARDED_BY(mutex_) = 0;
  // gRPC's while a read or write is pending.
  grpc::ByteBuffer incoming_ ABSL_GUARDED_BY(mutex_);
  grpc::ByteBuffer outgoing_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace weir::controlplane

#endif  // WEIR_CONTROLPLANE_RPC_NODE_STREAM_H_
