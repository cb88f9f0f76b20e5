#include "controlplane/rpc/routing_service.h"

#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "controlplane/rpc/grpc_status.h"
#include "controlplane/rpc/node_stream.h"

namespace weir::controlplane {
namespace {

using Reactor = grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>;

// Says no and is gone.
class RefusedStream final : public Reactor {
 public:
  explicit RefusedStream(const absl::Status& why) { Finish(ToGrpc(why)); }

 private:
  void OnDone() override { delete this; }
};

}  // namespace

RoutingService::RoutingService(RoutingCore& core, std::size_t max_streams)
    : core_(core), max_streams_(max_streams) {
  core_.decisions.Connect(
      [this](const SharedBytes& question) { return AskAll(question); });
  core_.ledger.Connect(
      {[this](StreamId id, std::uint64_t boot_id, std::uint64_t sequence) {
         if (const auto stream = table_.Find(id)) {
           stream->OnUsageKept(boot_id, sequence);
         }
       },
       [this] {
         for (const auto& stream : table_.All()) stream->OnLedgerRoom();
       }});
}

std::vector<DecisionDesk::Asked> RoutingService::AskAll(
    const SharedBytes& question) {
  std::vector<DecisionDesk::Asked> asked;
  for (const auto& stream : table_.All()) {
    if (auto node = stream->Ask(question)) asked.push_back(*std::move(node));
  }
  return asked;
}

void RoutingService::Publish(Lane lane) {
  for (const auto& stream : table_.All()) stream->OnPublished(lane);
}

void RoutingService::RefreshQuotas() {
  core_.quotas.SetNodes(core_.nodes.connected());
  for (const auto& stream : table_.All()) stream->RefreshQuota();
}

void RoutingService::Tick() {
  for (const auto& stream : table_.All()) stream->Tick();
}

void RoutingService::Stop() {
  stopped_ = true;
  for (const auto& stream : table_.All()) {
    stream->End(absl::UnavailableError("the control plane stops"));
  }
}

Reactor* RoutingService::Subscribe(grpc::CallbackServerContext* context) {
  if (stopped_) {
    return new RefusedStream(absl::UnavailableError("the control plane stops"));
  }
  if (table_.size() >= max_streams_) {
    ++core_.counters.streams_refused;
    return new RefusedStream(
        absl::ResourceExhaustedError("too many streams; try again later"));
  }
  ++core_.counters.streams_opened;
  const StreamId id = next_id_++;
  auto stream = std::make_shared<NodeStream>(id, core_, table_, *context);
  table_.Add(id, stream);
  stream->Start();
  return stream.get();
}

}  // namespace weir::controlplane
