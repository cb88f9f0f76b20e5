// One Subscribe call, from its start to its status.
#ifndef WEIR_DATAPLANE_SYNC_SUBSCRIBE_STREAM_H_
#define WEIR_DATAPLANE_SYNC_SUBSCRIBE_STREAM_H_

#include <grpcpp/client_context.h>
#include <grpcpp/support/client_callback.h>
#include <grpcpp/support/status.h>

#include <array>
#include <boost/asio/any_io_executor.hpp>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>

#include "absl/base/thread_annotations.h"
#include "common/mutex.h"
#include "weir/routing/v1/routing.grpc.pb.h"

namespace weir::dataplane {

// Carries messages between gRPC's threads and one executor. What waits to be
// sent has a slot for each kind, not a queue: a control plane that does not
// read gets the latest of each in the end, and costs no memory meanwhile.
//
// Thread safety: `executor` runs one handler at a time, and everything is
// called from there.
class SubscribeStream final
    : public std::enable_shared_from_this<SubscribeStream>,
      private grpc::ClientBidiReactor<routing::v1::SubscribeRequest,
                                      routing::v1::SubscribeResponse> {
 public:
  // In the order of importance: what goes first when several wait.
  enum class Slot {
    kHello,
    kConfigAnswer,
    kWeightsAnswer,
    kDraining,
    kReport,
    kDecisions,
    kUsage,
  };
  static constexpr std::size_t kSlots = 7;

  // Called on the executor; never again once CancelAndWait() was called.
  struct Events {
    // The next message is read only after this returned.
    std::function<void(const routing::v1::SubscribeResponse&)> on_message;
    // Last of all, exactly once.
    std::function<void(const grpc::Status&)> on_end;
  };

  // Starts the call. `hello` is what it sends first.
  static std::shared_ptr<SubscribeStream> Start(
      std::shared_ptr<routing::v1::Routing::Stub> stub,
      routing::v1::SubscribeRequest hello,
      boost::asio::any_io_executor executor, Events events);

  ~SubscribeStream() override = default;
  SubscribeStream(const SubscribeStream&) = delete;
  SubscribeStream& operator=(const SubscribeStream&) = delete;

  // Whether something waits in the slot still.
  bool Waits(Slot slot) const {
    return waiting_[static_cast<std::size_t>(slot)].has_value();
  }

  // Replaces what waits in the same slot.
  void Send(Slot slot, routing::v1::SubscribeRequest request);

  // Half-closes once all that waits was sent; the control plane then ends the
  // call.
  void SendNoMore();

  // Ends the call; on_end follows.
  void Cancel() { context_.TryCancel(); }

  // Ends the call without any further event, and returns when gRPC's threads
  // are done with it. Short: cancelling needs no answer from the peer.
  void CancelAndWait();

 private:
  SubscribeStream(std::shared_ptr<routing::v1::Routing::Stub> stub,
                  boost::asio::any_io_executor executor, Events events);

  // On gRPC's threads.
  void OnReadDone(bool ok) override;
  void OnWriteDone(bool ok) override;
  void OnDone(const grpc::Status& status) override;

  // On the executor.
  void TakeMessage();
  void WriteNext();
  void ReleaseHold();

  const std::shared_ptr<routing::v1::Routing::Stub> stub_;
  const boost::asio::any_io_executor executor_;
  grpc::ClientContext context_;

  // Of the executor, but for the messages that gRPC reads or writes.
  Events events_;
  std::array<std::optional<routing::v1::SubscribeRequest>, kSlots> waiting_;
  routing::v1::SubscribeRequest writing_;
  routing::v1::SubscribeResponse received_;
  enum class Write { kIdle, kBusy, kHalfClosed } write_ = Write::kIdle;
  bool half_close_wanted_ = false;
  // gRPC must not end the call while we may still start an operation on it.
  bool holding_ = true;

  // Keeps this alive until OnDone().
  std::shared_ptr<SubscribeStream> self_;

  // gRPC's threads are done with the call. Outlives this, for who tells of it
  // may do so when all others have let go.
  struct Ending {
    Mutex mutex;
    CondVar changed;
    bool done ABSL_GUARDED_BY(mutex) = false;
  };
  const std::shared_ptr<Ending> ending_ = std::make_shared<Ending>();
};

}  // namespace weir::dataplane

#endif  // WEIR_DATAPLANE_SYNC_SUBSCRIBE_STREAM_H_
