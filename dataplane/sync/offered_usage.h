// The batch of usage that the control plane is to have next.
#ifndef WEIR_DATAPLANE_SYNC_OFFERED_USAGE_H_
#define WEIR_DATAPLANE_SYNC_OFFERED_USAGE_H_

#include <google/protobuf/message.h>
#include <google/protobuf/unknown_field_set.h>

#include <memory>
#include <optional>
#include <utility>

#include "dataplane/usage/encoded_batch.h"
#include "weir/routing/v1/routing.pb.h"
#include "weir/routing/v1/usage.pb.h"

namespace weir::dataplane {

// Not thread-safe.
class OfferedUsage {
 public:
  // Takes the place of what was offered before.
  void Offer(std::shared_ptr<const EncodedBatch> batch) {
    batch_ = std::move(batch);
  }

  // The ledger has all of the boot's up to the sequence.
  void OnAck(const routing::v1::UsageAck& ack) {
    if (batch_ != nullptr && batch_->boot_id == ack.boot_id() &&
        batch_->sequence <= ack.sequence()) {
      batch_ = nullptr;
    }
  }

  // What says it; absent where nothing is to be delivered.
  std::optional<routing::v1::SubscribeRequest> Message() const {
    if (batch_ == nullptr) return std::nullopt;
    routing::v1::SubscribeRequest message;
    // The field `usage`, as the bytes that it has on the wire: to read them
    // into a message first takes longer than all else that is done with them.
    message.GetReflection()->MutableUnknownFields(&message)->AddLengthDelimited(
        routing::v1::SubscribeRequest::kUsageFieldNumber, batch_->bytes);
    return message;
  }

 private:
  std::shared_ptr<const EncodedBatch> batch_;
};

}  // namespace weir::dataplane

#endif  // WEIR_DATAPLANE_SYNC_OFFERED_USAGE_H_
