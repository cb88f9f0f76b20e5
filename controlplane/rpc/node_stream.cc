#include "controlplane/rpc/node_stream.h"

#include <grpcpp/impl/codegen/proto_utils.h>
#include <spdlog/spdlog.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <utility>

#include "common/net/grpc_security.h"
#include "controlplane/rpc/grpc_status.h"

namespace weir::controlplane {
namespace {

// Calls of Tick(), so seconds.
constexpr int kPatienceWithTheEnd = 3;

}  // namespace

NodeStream::NodeStream(StreamId id, RoutingCore& core, StreamTable& table,
                       grpc::CallbackServerContext& context)
    : id_(id),
      core_(core),
      table_(table),
      context_(context),
      session_(id, core) {}

void NodeStream::Start() {
  MutexLock lock(&mutex_);
  StartRead(&incoming_);
}

void NodeStream::OnPublished(Lane lane) {
  MutexLock lock(&mutex_);
  session_.OnPublished(lane);
  WriteNext();
}

void NodeStream::RefreshQuota() {
  MutexLock lock(&mutex_);
  if (finished_) return;
  session_.RefreshQuota();
  WriteNext();
}

void NodeStream::OnUsageKept(std::uint64_t boot_id, std::uint64_t sequence) {
  MutexLock lock(&mutex_);
  if (finished_) return;
  session_.OnUsageKept(boot_id, sequence);
  WriteNext();
}

void NodeStream::OnLedgerRoom() {
  MutexLock lock(&mutex_);
  if (!session_.refused_usage()) return;
  EndLocked(absl::UnavailableError(
      "usage could not be stored for a while; send it again"));
}

std::optional<DecisionDesk::Asked> NodeStream::Ask(
    const SharedBytes& question) {
  MutexLock lock(&mutex_);
  if (finished_ || !session_.Ask(question)) return std::nullopt;
  WriteNext();
  return DecisionDesk::Asked{id_, *session_.node()};
}

void NodeStream::Tick() {
  MutexLock lock(&mutex_);
  if (finished_) {
    // The status waits behind a message that the peer does not take.
    if (++calls_since_finish_ > kPatienceWithTheEnd) context_.TryCancel();
    return;
  }
  if (absl::Status fine = session_.Check(); !fine.ok()) return Break(fine);
  WriteNext();
}

void NodeStream::End(const absl::Status& status) {
  MutexLock lock(&mutex_);
  EndLocked(status);
}

void NodeStream::OnReadDone(bool ok) {
  std::optional<NodeId> introduced;
  {
    MutexLock lock(&mutex_);
    if (finished_) return;
    if (!ok) return EndLocked(absl::OkStatus());  // The node hung up.
    const bool was_known = session_.node() != nullptr;
    if (absl::Status fine = Understand(); !fine.ok()) return Break(fine);
    if (!was_known && session_.node() != nullptr) introduced = *session_.node();
    if (!introduced.has_value()) return Continue();
  }
  Introduce(*introduced);
  MutexLock lock(&mutex_);
  speaks_ = true;
  Continue();
}

void NodeStream::Introduce(const NodeId& node) {
  spdlog::info("node {} has come from {}", node.value,
               net::PeerAddressOf(context_));
  const std::shared_ptr<NodeStream> replaced = table_.SpeaksFor(node, id_);
  if (replaced == nullptr) return;
  ++core_.counters.streams_replaced;
  replaced->End(absl::AbortedError("a newer stream of this node has come"));
}

void NodeStream::Continue() {
  if (finished_) return;
  WriteNext();
  StartRead(&incoming_);
}

absl::Status NodeStream::Understand() {
  routing::v1::SubscribeRequest message;
  const grpc::Status parsed =
      grpc::SerializationTraits<routing::v1::SubscribeRequest>::Deserialize(
          &incoming_, &message);
  incoming_.Clear();
  if (!parsed.ok()) {
    return absl::InvalidArgumentError("the message can't be read");
  }
  return session_.OnMessage(message);
}

void NodeStream::WriteNext() {
  if (finished_ || !speaks_) return;
  SharedBytes next = session_.TakeNext();
  if (next == nullptr) return;
  outgoing_ = ShareBytes(std::move(next));
  StartWrite(&outgoing_);
}

void NodeStream::OnWriteDone(bool ok) {
  MutexLock lock(&mutex_);
  // The message may be big, and the stream idle for hours.
  outgoing_.Clear();
  session_.OnSent();
  if (!ok) return EndLocked(absl::CancelledError("the stream broke"));
  WriteNext();
}

void NodeStream::OnCancel() {
  End(absl::CancelledError("the stream was cancelled"));
}

void NodeStream::OnDone() {
  {
    MutexLock lock(&mutex_);
    session_.OnEnd();
  }
  table_.Remove(id_);  // Deletes this, as soon as nobody else looks at it.
}

void NodeStream::Break(const absl::Status& status) {
  if (finished_) return;
  ++core_.counters.streams_broken;
  const NodeId* node = session_.node();
  spdlog::warn("stream of {} from {} ended: {}",
               node == nullptr ? "an unknown node" : node->value,
               net::PeerAddressOf(context_), status.ToString());
  EndLocked(status);
}

void NodeStream::EndLocked(const absl::Status& status) {
  if (std::exchange(finished_, true)) return;
  Finish(ToGrpc(status));
}

}  // namespace weir::controlplane
