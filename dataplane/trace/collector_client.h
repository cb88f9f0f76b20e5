// A collector of traces, as one thread asks it.
#ifndef WEIR_DATAPLANE_TRACE_COLLECTOR_CLIENT_H_
#define WEIR_DATAPLANE_TRACE_COLLECTOR_CLIENT_H_

#include <grpcpp/client_context.h>
#include <grpcpp/security/credentials.h>
#include <grpcpp/support/status.h>

#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/time/time.h"
#include "common/mutex.h"
#include "opentelemetry/proto/collector/trace/v1/trace_service.grpc.pb.h"

namespace weir::dataplane {

// Thread safety: Export() is called by one thread; Cut() by any.
class CollectorClient {
 public:
  using Service = ::opentelemetry::proto::collector::trace::v1::TraceService;
  using Request =
      ::opentelemetry::proto::collector::trace::v1::ExportTraceServiceRequest;
  using Response =
      ::opentelemetry::proto::collector::trace::v1::ExportTraceServiceResponse;
  using Credentials =
      std::function<std::shared_ptr<grpc::ChannelCredentials>()>;

  // `endpoint`: host:port. `credentials` gives those of a new connection, and
  // is called by Export().
  CollectorClient(std::string endpoint, Credentials credentials)
      : endpoint_(std::move(endpoint)), credentials_(std::move(credentials)) {}

  // Waits for at most `limit`. After an error, the next call begins a
  // connection anew: with the address that the name has by then, and the
  // certificates.
  grpc::Status Export(const Request& request, absl::Duration limit,
                      Response& response);

  // Ends a call that is under way, and every further one, with CANCELLED.
  void Cut();

 private:
  const std::string endpoint_;
  const Credentials credentials_;
  // Null without a connection. Of the calling thread.
  std::unique_ptr<Service::Stub> stub_;

  Mutex mutex_;
  // Null while no call is under way.
  grpc::ClientContext* call_ ABSL_GUARDED_BY(mutex_) = nullptr;
  bool cut_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace weir::dataplane

#endif  // WEIR_DATAPLANE_TRACE_COLLECTOR_CLIENT_H_
