#include "dataplane/sync/subscribe_stream.h"

#include <grpcpp/support/status.h>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/post.hpp>
#include <memory>
#include <optional>
#include <utility>

#include "common/mutex.h"
#include "weir/routing/v1/routing.grpc.pb.h"

namespace weir::dataplane {

SubscribeStream::SubscribeStream(
    std::shared_ptr<routing::v1::Routing::Stub> stub,
    boost::asio::any_io_executor executor, Events events)
    : stub_(std::move(stub)),
      executor_(std::move(executor)),
      events_(std::move(events)) {}

std::shared_ptr<SubscribeStream> SubscribeStream::Start(
    std::shared_ptr<routing::v1::Routing::Stub> stub,
    routing::v1::SubscribeRequest hello, boost::asio::any_io_executor executor,
    Events events) {
  std::shared_ptr<SubscribeStream> stream(new SubscribeStream(
      std::move(stub), std::move(executor), std::move(events)));
  stream->self_ = stream;
  stream->stub_->async()->Subscribe(&stream->context_, stream.get());
  stream->AddHold();
  stream->Send(Slot::kHello, std::move(hello));
  stream->StartRead(&stream->received_);
  stream->StartCall();
  return stream;
}

void SubscribeStream::Send(Slot slot, routing::v1::SubscribeRequest request) {
  waiting_[static_cast<std::size_t>(slot)] = std::move(request);
  WriteNext();
}

void SubscribeStream::SendNoMore() {
  half_close_wanted_ = true;
  WriteNext();
}

void SubscribeStream::WriteNext() {
  if (write_ != Write::kIdle || !holding_) return;
  for (std::optional<routing::v1::SubscribeRequest>& slot : waiting_) {
    if (!slot.has_value()) continue;
    writing_ = *std::exchange(slot, std::nullopt);
    write_ = Write::kBusy;
    StartWrite(&writing_);
    return;
  }
  if (!half_close_wanted_) return;
  write_ = Write::kHalfClosed;
  StartWritesDone();
}

void SubscribeStream::OnWriteDone(bool ok) {
  // A write that failed means that the call is over; the read says so too.
  if (!ok) return;
  boost::asio::post(executor_, [self = shared_from_this()] {
    self->write_ = Write::kIdle;
    self->WriteNext();
  });
}

void SubscribeStream::OnReadDone(bool ok) {
  boost::asio::post(executor_, [self = shared_from_this(), ok] {
    if (ok) {
      self->TakeMessage();
    } else {
      self->ReleaseHold();
    }
  });
}

void SubscribeStream::TakeMessage() {
  if (events_.on_message) events_.on_message(received_);
  if (holding_) StartRead(&received_);
}

void SubscribeStream::ReleaseHold() {
  if (!std::exchange(holding_, false)) return;
  RemoveHold();
}

void SubscribeStream::OnDone(const grpc::Status& status) {
  const std::shared_ptr<Ending> ending = ending_;
  {
    std::shared_ptr<SubscribeStream> self = std::move(self_);
    // Moved, so that the last reference is never dropped here: it may take the
    // channel with it, which joins gRPC's callback threads, and this is one.
    const boost::asio::any_io_executor executor = executor_;
    boost::asio::post(executor, [self = std::move(self), status] {
      if (self->events_.on_end) self->events_.on_end(status);
    });
  }
  // Last of all: who waits may end the executor then, and this is gone perhaps.
  MutexLock lock(&ending->mutex);
  ending->done = true;
  ending->changed.SignalAll();
}

void SubscribeStream::CancelAndWait() {
  events_ = {};
  context_.TryCancel();
  ReleaseHold();
  MutexLock lock(&ending_->mutex);
  while (!ending_->done) ending_->changed.Wait(&ending_->mutex);
}

}  // namespace weir::dataplane
