#include "dataplane/trace/collector_client.h"

#include <grpcpp/client_context.h>
#include <grpcpp/support/status.h>

#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "common/mutex.h"
#include "common/net/grpc_channel.h"

namespace weir::dataplane {
namespace {

// An answer is a number and a sentence.
constexpr int kMaxAnswerBytes = 1 << 20;

}  // namespace

grpc::Status CollectorClient::Export(const Request& request,
                                     absl::Duration limit, Response& response) {
  if (stub_ == nullptr) {
    // Collectors in Go end the connection of whoever pings them without a call.
    stub_ = Service::NewStub(net::NewGrpcChannel(
        endpoint_, credentials_(), kMaxAnswerBytes, {}, net::Pings::kNever));
  }
  grpc::ClientContext context;
  context.set_deadline(absl::ToChronoTime(absl::Now() + limit));
  {
    MutexLock lock(&mutex_);
    if (cut_) return {grpc::StatusCode::CANCELLED, "the node goes away"};
    call_ = &context;
  }
  grpc::Status status = stub_->Export(&context, request, &response);
  {
    MutexLock lock(&mutex_);
    call_ = nullptr;
  }
  if (!status.ok()) stub_.reset();
  return status;
}

void CollectorClient::Cut() {
  MutexLock lock(&mutex_);
  cut_ = true;
  if (call_ != nullptr) call_->TryCancel();
}

}  // namespace weir::dataplane
