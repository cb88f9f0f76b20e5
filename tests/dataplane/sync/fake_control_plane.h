// A control plane that does what the test says, over real gRPC on loopback.
#ifndef WEIR_TESTS_DATAPLANE_SYNC_FAKE_CONTROL_PLANE_H_
#define WEIR_TESTS_DATAPLANE_SYNC_FAKE_CONTROL_PLANE_H_

#include <grpcpp/security/server_credentials.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>
#include <grpcpp/support/sync_stream.h>

#include <chrono>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "common/config/effective.h"
#include "common/mutex.h"
#include "dataplane/snapshot.h"
#include "dataplane/sync/version.h"
#include "weir/routing/v1/routing.grpc.pb.h"

namespace weir::testing {

using routing::v1::SubscribeRequest;
using routing::v1::SubscribeResponse;

// One stream as the control plane sees it.
class ServedStream {
 public:
  using Rpc = grpc::ServerReaderWriter<SubscribeResponse, SubscribeRequest>;

  explicit ServedStream(Rpc* rpc) : rpc_(rpc) {}

  void Send(const SubscribeResponse& message) { rpc_->Write(message); }
  void Welcome(absl::Duration report_interval,
               absl::Duration heartbeat_interval = absl::Hours(1)) {
    SubscribeResponse message;
    message.mutable_welcome()->set_epoch(1);
    message.mutable_welcome()->set_takes_changes(true);
    *message.mutable_welcome()->mutable_report_interval() =
        config::FromDuration(report_interval);
    *message.mutable_welcome()->mutable_heartbeat_interval() =
        config::FromDuration(heartbeat_interval);
    Send(message);
  }
  void Config(const dataplane::Version& version, const std::string& bytes) {
    SubscribeResponse message;
    *message.mutable_config()->mutable_version() = dataplane::ToProto(version);
    message.mutable_config()->set_resources(bytes);
    Send(message);
  }

  // The next message of the node; nullopt at the stream's end.
  std::optional<SubscribeRequest> Next() {
    SubscribeRequest request;
    if (!rpc_->Read(&request)) return std::nullopt;
    return request;
  }
  // The next one; an empty one at the stream's end.
  SubscribeRequest Take() { return Next().value_or(SubscribeRequest()); }
  // The next one that is no report.
  SubscribeRequest TakeAnswer() {
    for (;;) {
      SubscribeRequest request = Take();
      if (!request.has_report()) return request;
    }
  }

 private:
  Rpc* const rpc_;
};

// Serves each stream by the next script; the call ends with what it returns.
class FakeControlPlane final : public routing::v1::Routing::Service {
 public:
  using Script = std::function<grpc::Status(ServedStream&)>;

  explicit FakeControlPlane(std::vector<Script> scripts)
      : scripts_(scripts.begin(), scripts.end()) {
    grpc::ServerBuilder builder;
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(),
                             &port_);
    builder.SetMaxSendMessageSize(-1);
    builder.RegisterService(this);
    server_ = builder.BuildAndStart();
  }
  ~FakeControlPlane() override {
    server_->Shutdown(std::chrono::system_clock::now());
  }

  std::string address() const { return absl::StrCat("127.0.0.1:", port_); }

  grpc::Status Subscribe(grpc::ServerContext*,
                         ServedStream::Rpc* rpc) override {
    std::optional<Script> script = NextScript();
    if (!script.has_value()) {
      return {grpc::StatusCode::UNAVAILABLE, "no script left"};
    }
    ServedStream stream(rpc);
    return (*script)(stream);
  }

 private:
  std::optional<Script> NextScript() {
    MutexLock lock(&mutex_);
    if (scripts_.empty()) return std::nullopt;
    Script script = std::move(scripts_.front());
    scripts_.pop_front();
    return script;
  }

  int port_ = 0;
  std::unique_ptr<grpc::Server> server_;
  Mutex mutex_;
  std::deque<Script> scripts_ ABSL_GUARDED_BY(mutex_);
};

// Waits for the node to end the stream.
inline grpc::Status UntilTheEnd(ServedStream& stream) {
  while (stream.Next().has_value()) {
  }
  return grpc::Status::OK;
}

}  // namespace weir::testing

#endif  // WEIR_TESTS_DATAPLANE_SYNC_FAKE_CONTROL_PLANE_H_
