// weir.routing.v1.Routing: the streams of all nodes.
#ifndef WEIR_CONTROLPLANE_RPC_ROUTING_SERVICE_H_
#define WEIR_CONTROLPLANE_RPC_ROUTING_SERVICE_H_

#include <grpcpp/grpcpp.h>

#include <atomic>
#include <cstddef>
#include <vector>

#include "controlplane/publish/publication.h"
#include "controlplane/rpc/decision_desk.h"
#include "controlplane/rpc/node_session.h"
#include "controlplane/rpc/shared_buffer.h"
#include "controlplane/rpc/stream_table.h"
#include "weir/routing/v1/routing.grpc.pb.h"

namespace weir::controlplane {

// Raw bytes instead of messages, so that what all streams send is serialized
// once and shared.
//
// Thread safety: every method may be called from any thread.
class RoutingService final
    : public routing::v1::Routing::WithRawCallbackMethod_Subscribe<
          routing::v1::Routing::Service> {
 public:
  // `core` outlives this, and this the server. At most `max_streams` at once.
  RoutingService(RoutingCore& core, std::size_t max_streams);

  // Every stream gets what its node should run of the lane, now or when it has
  // taken what it is being sent.
  void Publish(Lane lane);
  // Tells nodes their parts of limits. Call a few times a second.
  void RefreshQuotas();
  // Heartbeats and time limits. Call about once a second.
  void Tick();
  // Ends every stream and accepts no other.
  void Stop();

  std::size_t streams() const { return table_.size(); }

 private:
  std::vector<DecisionDesk::Asked> AskAll(const SharedBytes& question);

  grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>* Subscribe(
      grpc::CallbackServerContext* context) override;

  RoutingCore& core_;
  const std::size_t max_streams_;
  StreamTable table_;
  std::atomic<StreamId> next_id_{1};
  std::atomic<bool> stopped_{false};
};

}  // namespace weir::controlplane

#endif  // WEIR_CONTROLPLANE_RPC_ROUTING_SERVICE_H_
