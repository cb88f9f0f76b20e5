#include "controlplane/replica/relayed_call.h"

#include <grpcpp/generic/generic_stub.h>

#include <memory>
#include <string>
#include <utility>

#include "common/mutex.h"
#include "common/net/grpc_security.h"

namespace weir::controlplane {

std::shared_ptr<RelayedCall> RelayedCall::Accept(
    grpc::GenericCallbackServerContext* context, std::string relayed_for) {
  std::shared_ptr<RelayedCall> call(
      new RelayedCall(context, std::move(relayed_for)));
  MutexLock lock(&call->mutex_);
  call->for_caller_ = call;
  return call;
}

bool RelayedCall::Decide(Decision decision) {
  MutexLock lock(&mutex_);
  if (std::exchange(decided_, true)) return false;
  if (decision == Decision::kBegin) for_upstream_ = shared_from_this();
  return true;
}

bool RelayedCall::Begin(const std::shared_ptr<grpc::Channel>& leader) {
  if (!Decide(Decision::kBegin)) return false;
  upstream_context_.set_deadline(context_->deadline());
  upstream_context_.AddMetadata(net::kRelayedHeader, relayed_for_);
  grpc::GenericStub(leader).PrepareBidiStreamingCall(
      &upstream_context_, context_->method(), grpc::StubOptions(), &upstream_);
  // Until OnAnswer(false): what comes from the caller starts writes there.
  upstream_.AddHold();
  upstream_.StartRead(&answer_);
  // Before the call: its end may be the end of all of it, and nothing may be
  // started then.
  StartRead(&request_);
  upstream_.StartCall();
  return true;
}

bool RelayedCall::Refuse(const grpc::Status& why) {
  if (!Decide(Decision::kEnd)) return false;
  Finish(why);
  return true;
}

void RelayedCall::OnReadDone(bool ok) {
  MutexLock lock(&mutex_);
  if (upstream_over_) return;
  if (ok) {
    upstream_.StartWrite(&request_);
  } else {
    upstream_.StartWritesDone();
  }
}

void RelayedCall::OnPassedOn(bool ok) {
  if (ok) StartRead(&request_);
}

void RelayedCall::OnAnswer(bool ok) {
  if (ok) {
    StartWrite(&answer_);
    return;
  }
  MutexLock lock(&mutex_);
  upstream_over_ = true;
  upstream_.RemoveHold();
}

// Also when the caller is gone: the read fails then, and that ends the call.
void RelayedCall::OnWriteDone(bool /*ok*/) { upstream_.StartRead(&answer_); }

void RelayedCall::OnCancel() {
  if (Decide(Decision::kEnd)) {
    Finish(grpc::Status::CANCELLED);
  } else {
    upstream_context_.TryCancel();
  }
}

void RelayedCall::OnUpstreamEnd(const grpc::Status& status) {
  Finish(status);
  std::shared_ptr<RelayedCall> last;
  MutexLock lock(&mutex_);
  last = std::move(for_upstream_);
}

void RelayedCall::OnDone() {
  std::shared_ptr<RelayedCall> last;
  MutexLock lock(&mutex_);
  last = std::move(for_caller_);
}

}  // namespace weir::controlplane
