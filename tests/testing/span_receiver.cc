#include "tests/testing/span_receiver.h"

#include <grpcpp/security/server_credentials.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>
#include <grpcpp/server_context.h>
#include <grpcpp/support/status.h>
#include <poll.h>

#include <cstddef>
#include <deque>
#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "common/mutex.h"

namespace weir::testing {

class SpanReceiver::Service final : public ::opentelemetry::proto::collector::
                                        trace::v1::TraceService::Service {
 public:
  explicit Service(SpanReceiver& receiver) : receiver_(receiver) {}

  grpc::Status Export(grpc::ServerContext* context, const Request* request,
                      Response* response) override {
    const Reply reply = receiver_.NextReply(*request);
    if (const auto* status = std::get_if<grpc::Status>(&reply)) return *status;
    if (std::holds_alternative<Silence>(reply)) {
      // gRPC's synchronous service tells nobody that its client is gone.
      while (!context->IsCancelled()) ::poll(nullptr, 0, 1);
      return grpc::Status::CANCELLED;
    }
    *response = std::get<Response>(reply);
    receiver_.Keep(*request);
    return grpc::Status::OK;
  }

 private:
  SpanReceiver& receiver_;
};

SpanReceiver::SpanReceiver(std::deque<Reply> replies,
                           const std::string& address)
    : replies_(std::move(replies)), service_(std::make_unique<Service>(*this)) {
  int port = 0;
  grpc::ServerBuilder builder;
  builder.AddListeningPort(address, grpc::InsecureServerCredentials(), &port);
  builder.RegisterService(service_.get());
  server_ = builder.BuildAndStart();
  address_ = absl::StrCat("127.0.0.1:", port);
}

SpanReceiver::~SpanReceiver() {
  if (server_ != nullptr) server_->Shutdown(absl::ToChronoTime(absl::Now()));
}

SpanReceiver::Reply SpanReceiver::NextReply(const Request& request) {
  MutexLock lock(&mutex_);
  requests_.push_back(request);
  changed_.SignalAll();
  if (replies_.empty()) return Response();
  Reply reply = std::move(replies_.front());
  replies_.pop_front();
  return reply;
}

void SpanReceiver::Keep(const Request& request) {
  MutexLock lock(&mutex_);
  for (const auto& of_resource : request.resource_spans()) {
    for (const auto& of_scope : of_resource.scope_spans()) {
      spans_.insert(spans_.end(), of_scope.spans().begin(),
                    of_scope.spans().end());
    }
  }
  changed_.SignalAll();
}

std::vector<SpanReceiver::Request> SpanReceiver::requests() const {
  MutexLock lock(&mutex_);
  return requests_;
}

std::vector<SpanReceiver::Span> SpanReceiver::spans() const {
  MutexLock lock(&mutex_);
  return spans_;
}

bool SpanReceiver::AwaitSpans(std::size_t count, absl::Duration limit) {
  const absl::Time until = absl::Now() + limit;
  MutexLock lock(&mutex_);
  while (spans_.size() < count && absl::Now() < until) {
    changed_.WaitFor(&mutex_, until - absl::Now());
  }
  return spans_.size() >= count;
}

bool SpanReceiver::AwaitCalls(std::size_t count, absl::Duration limit) {
  const absl::Time until = absl::Now() + limit;
  MutexLock lock(&mutex_);
  while (requests_.size() < count && absl::Now() < until) {
    changed_.WaitFor(&mutex_, until - absl::Now());
  }
  return requests_.size() >= count;
}

std::string AttributeOf(const SpanReceiver::Span& span,
                        const std::string& key) {
  for (const auto& attribute : span.attributes()) {
    if (attribute.key() != key) continue;
    const auto& value = attribute.value();
    if (value.has_string_value()) return value.string_value();
    if (value.has_bool_value()) return value.bool_value() ? "true" : "false";
    return value.has_int_value() ? absl::StrCat(value.int_value())
                                 : absl::StrCat(value.double_value());
  }
  return "";
}

std::vector<SpanReceiver::Span> Named(
    const std::vector<SpanReceiver::Span>& spans, const std::string& name) {
  std::vector<SpanReceiver::Span> named;
  for (const SpanReceiver::Span& span : spans) {
    if (span.name() == name) named.push_back(span);
  }
  return named;
}

}  // namespace weir::testing
