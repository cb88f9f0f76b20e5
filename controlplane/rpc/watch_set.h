// Clients that want to see the latest of something whenever it changes.
#ifndef WEIR_CONTROLPLANE_RPC_WATCH_SET_H_
#define WEIR_CONTROLPLANE_RPC_WATCH_SET_H_

#include <grpcpp/grpcpp.h>

#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "common/mutex.h"
#include "controlplane/rpc/grpc_status.h"

namespace weir::controlplane {

template <typename Response>
class WatchSet;

// One client. While a write is pending only the latest is kept for the next
// one.
template <typename Response>
class WatchStream final : public grpc::ServerWriteReactor<Response> {
 public:
  explicit WatchStream(WatchSet<Response>& set) : set_(set) {}

  void Offer(std::shared_ptr<const Response> latest) {
    MutexLock lock(&mutex_);
    next_ = std::move(latest);
    WriteNext();
  }

  void End(const absl::Status& status) {
    MutexLock lock(&mutex_);
    if (!std::exchange(finished_, true)) this->Finish(ToGrpc(status));
  }

 private:
  void OnWriteDone(bool ok) override {
    if (!ok) return End(absl::CancelledError("the client left"));
    MutexLock lock(&mutex_);
    writing_ = false;
    WriteNext();
  }
  void OnCancel() override { End(absl::CancelledError("the client left")); }
  void OnDone() override { set_.Remove(this); }  // Deletes this.

  void WriteNext() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    if (finished_ || writing_ || next_ == last_) return;
    last_ = next_;
    writing_ = true;
    this->StartWrite(last_.get());
  }

  WatchSet<Response>& set_;
  Mutex mutex_;
  bool finished_ ABSL_GUARDED_BY(mutex_) = false;
  bool writing_ ABSL_GUARDED_BY(mutex_) = false;
  std::shared_ptr<const Response> next_ ABSL_GUARDED_BY(mutex_);
  // Sent last, or being sent.
  std::shared_ptr<const Response> last_ ABSL_GUARDED_BY(mutex_);
};

// Makes one response for all clients, and only while there are any.
//
// Thread safety: every method may be called from any thread.
template <typename Response>
class WatchSet {
 public:
  static constexpr std::size_t kMaxClients = 256;

  // `make` says how things stand; it may be called from any thread.
  explicit WatchSet(std::function<Response()> make) : make_(std::move(make)) {}

  // A new client gets the first response at once. Beyond kMaxClients it is
  // told RESOURCE_EXHAUSTED.
  grpc::ServerWriteReactor<Response>* Add() {
    auto stream = std::make_shared<WatchStream<Response>>(*this);
    bool has_room = false;
    {
      MutexLock lock(&mutex_);
      has_room = streams_.size() < kMaxClients && !stopped_;
      streams_.emplace(stream.get(), stream);
    }
    if (has_room) {
      stream->Offer(Latest());
    } else {
      stream->End(absl::ResourceExhaustedError("too many are watching"));
    }
    return stream.get();
  }

  // Tells the clients what has changed since. As often as it is called, so
  // often they hear.
  void Tick() {
    const std::vector<StreamPtr> streams = All();
    if (streams.empty()) return;
    const std::shared_ptr<const Response> latest = Latest();
    for (const StreamPtr& stream : streams) stream->Offer(latest);
  }

  void Stop() {
    {
      MutexLock lock(&mutex_);
      stopped_ = true;
    }
    for (const StreamPtr& stream : All()) {
      stream->End(absl::UnavailableError("the control plane stops"));
    }
  }

  void Remove(WatchStream<Response>* stream) {
    // Destroyed after the lock is released.
    StreamPtr removed;
    MutexLock lock(&mutex_);
    const auto found = streams_.find(stream);
    if (found == streams_.end()) return;
    removed = std::move(found->second);
    streams_.erase(found);
  }

 private:
  using StreamPtr = std::shared_ptr<WatchStream<Response>>;

  std::vector<StreamPtr> All() {
    MutexLock lock(&mutex_);
    std::vector<StreamPtr> all;
    for (const auto& [raw, stream] : streams_) all.push_back(stream);
    return all;
  }

  // The same object for as long as nothing has changed.
  std::shared_ptr<const Response> Latest() {
    auto now = std::make_shared<const Response>(make_());
    MutexLock lock(&mutex_);
    if (latest_ == nullptr ||
        latest_->SerializeAsString() != now->SerializeAsString()) {
      latest_ = std::move(now);
    }
    return latest_;
  }

  const std::function<Response()> make_;

  Mutex mutex_;
  bool stopped_ ABSL_GUARDED_BY(mutex_) = false;
  std::map<WatchStream<Response>*, StreamPtr> streams_ ABSL_GUARDED_BY(mutex_);
  std::shared_ptr<const Response> latest_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace weir::controlplane

#endif  // WEIR_CONTROLPLANE_RPC_WATCH_SET_H_
