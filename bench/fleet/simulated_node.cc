#include "bench/fleet/simulated_node.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/time/clock.h"
#include "common/mutex.h"

namespace weir::bench {

using routing::v1::Lane;
using routing::v1::SubscribeResponse;
using routing::v1::Version;

SimulatedNode::SimulatedNode(const std::shared_ptr<grpc::Channel>& channel,
                             const std::string& id, std::uint64_t boot_id,
                             OnAcked on_acked)
    : on_acked_(std::move(on_acked)),
      boot_id_(boot_id),
      stub_(routing::v1::Routing::NewStub(channel)) {
  request_.mutable_hello()->set_node_id(id);
  request_.mutable_hello()->set_boot_id(boot_id);
  request_.mutable_hello()->set_region("local");
  context_.set_wait_for_ready(true);
  stub_->async()->Subscribe(&context_, this);
  StartWrite(&request_);
  StartRead(&response_);
  // Reports are written whenever somebody says so.
  AddHold();
  StartCall();
}

SimulatedNode::~SimulatedNode() {
  context_.TryCancel();
  LetGo();
  MutexLock lock(&mutex_);
  while (!ended_.has_value()) changed_.Wait(&mutex_);
}

void SimulatedNode::Report() {
  MutexLock lock(&mutex_);
  report_ = true;
  if (!writing_ && held_) WriteNext();
}

std::optional<grpc::Status> SimulatedNode::ended() const {
  MutexLock lock(&mutex_);
  return ended_;
}

void SimulatedNode::LetGo() {
  {
    MutexLock lock(&mutex_);
    if (!std::exchange(held_, false)) return;
  }
  RemoveHold();
}

void SimulatedNode::OnReadDone(bool ok) {
  // The stream is over, and gRPC may say why.
  if (!ok) return LetGo();
  if (response_.has_config()) {
    Acknowledge(routing::v1::LANE_CONFIG, response_.config().version());
  } else if (response_.has_weights()) {
    Acknowledge(routing::v1::LANE_WEIGHTS, response_.weights().version());
  }
  StartRead(&response_);
}

void SimulatedNode::Acknowledge(Lane lane, const Version& version) {
  MutexLock lock(&mutex_);
  (lane == routing::v1::LANE_CONFIG ? config_ : weights_) = version;
  if (!writing_ && held_) WriteNext();
}

void SimulatedNode::WriteNext() {
  request_.Clear();
  if (weights_.has_value()) {
    request_.mutable_ack()->set_lane(routing::v1::LANE_WEIGHTS);
    *request_.mutable_ack()->mutable_version() = *std::exchange(weights_, {});
  } else if (config_.has_value()) {
    request_.mutable_ack()->set_lane(routing::v1::LANE_CONFIG);
    *request_.mutable_ack()->mutable_version() = *std::exchange(config_, {});
  } else if (std::exchange(report_, false)) {
    request_.mutable_report()->set_boot_id(boot_id_);
  } else {
    return;
  }
  writing_ = true;
  StartWrite(&request_);
}

void SimulatedNode::OnWriteDone(bool ok) {
  std::uint64_t acked = 0;
  {
    MutexLock lock(&mutex_);
    writing_ = false;
    if (!ok) return;
    if (request_.has_ack() &&
        request_.ack().lane() == routing::v1::LANE_WEIGHTS) {
      acked = request_.ack().version().sequence();
    }
    WriteNext();
  }
  if (acked > 0) on_acked_(acked, absl::Now());
}

void SimulatedNode::OnDone(const grpc::Status& status) {
  MutexLock lock(&mutex_);
  ended_ = status;
  changed_.SignalAll();
}

}  // namespace weir::bench
