// A collector of traces that keeps what it gets, over real gRPC on loopback.
#ifndef WEIR_TESTS_TESTING_SPAN_RECEIVER_H_
#define WEIR_TESTS_TESTING_SPAN_RECEIVER_H_

#include <grpcpp/server.h>
#include <grpcpp/support/status.h>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/time/time.h"
#include "common/mutex.h"
#include "opentelemetry/proto/collector/trace/v1/trace_service.grpc.pb.h"

namespace weir::testing {

// Thread safety: every method may be called from any thread.
class SpanReceiver {
 public:
  using Request =
      ::opentelemetry::proto::collector::trace::v1::ExportTraceServiceRequest;
  using Response =
      ::opentelemetry::proto::collector::trace::v1::ExportTraceServiceResponse;
  using Span = ::opentelemetry::proto::trace::v1::Span;

  // Answers only when its client does not wait any more.
  struct Silence {};
  using Reply = std::variant<Response, grpc::Status, Silence>;

  // `replies` are given in turn, then all is taken. `address`: 127.0.0.1:port;
  // of port 0 the system chooses one.
  explicit SpanReceiver(std::deque<Reply> replies = {},
                        const std::string& address = "127.0.0.1:0");
  ~SpanReceiver();

  // 127.0.0.1:port.
  const std::string& address() const { return address_; }

  // Every call, also those that were refused.
  std::vector<Request> requests() const;
  // Of the calls that were taken, in their order.
  std::vector<Span> spans() const;

  // Until so many have come; false after `limit`, which only a test that fails
  // reaches.
  bool AwaitSpans(std::size_t count, absl::Duration limit = absl::Seconds(30));
  bool AwaitCalls(std::size_t count, absl::Duration limit = absl::Seconds(30));

 private:
  class Service;

  Reply NextReply(const Request& request);
  void Keep(const Request& request);

  mutable Mutex mutex_;
  CondVar changed_;
  std::deque<Reply> replies_ ABSL_GUARDED_BY(mutex_);
  std::vector<Request> requests_ ABSL_GUARDED_BY(mutex_);
  std::vector<Span> spans_ ABSL_GUARDED_BY(mutex_);

  std::unique_ptr<Service> service_;
  std::unique_ptr<grpc::Server> server_;
  std::string address_;
};

// What a span says; empty where it does not say that. Numbers as in a message.
std::string AttributeOf(const SpanReceiver::Span& span, const std::string& key);

// Those with this name.
std::vector<SpanReceiver::Span> Named(
    const std::vector<SpanReceiver::Span>& spans, const std::string& name);

}  // namespace weir::testing

#endif  // WEIR_TESTS_TESTING_SPAN_RECEIVER_H_
