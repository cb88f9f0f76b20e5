// The batch of usage that the control plane is to have next.
#ifndef WEIR_DATAPLANE_SYNC_OFFERED_USAGE_H_
#define WEIR_DATAPLANE_SYNC_OFFERED_USAGE_H_

#include <memory>
#include <optional>
#include <utility>

#include "weir/routing/v1/routing.pb.h"
#include "weir/routing/v1/usage.pb.h"

namespace weir::dataplane {

// Not thread-safe.
class OfferedUsage {
 public:
  // Takes the place of what was offered before.
  void Offer(std::shared_ptr<const routing::v1::UsageBatch> batch) {
    batch_ = std::move(batch);
  }

  // The ledger has all of the boot's up to the sequence.
  void OnAck(const routing::v1::UsageAck& ack) {
    if (batch_ != nullptr && batch_->boot_id() == ack.boot_id() &&
        batch_->sequence() <= ack.sequence()) {
      batch_ = nullptr;
    }
  }

  // What says it; absent where nothing is to be delivered.
  std::optional<routing::v1::SubscribeRequest> Message() const {
    if (batch_ == nullptr) return std::nullopt;
    routing::v1::SubscribeRequest message;
    *message.mutable_usage() = *batch_;
    return message;
  }

 private:
  std::shared_ptr<const routing::v1::UsageBatch> batch_;
};

}  // namespace weir::dataplane

#endif  // WEIR_DATAPLANE_SYNC_OFFERED_USAGE_H_
