// A service that answers each message with itself, and a client of it.
#ifndef WEIR_TESTS_COMMON_NET_ECHO_H_
#define WEIR_TESTS_COMMON_NET_ECHO_H_

#include <grpcpp/generic/async_generic_service.h>
#include <grpcpp/grpcpp.h>

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "common/mutex.h"
#include "common/net/grpc_security.h"
#include "tests/common/net/generic_client.h"

namespace weir::testing {

inline constexpr absl::Duration kEchoTime = absl::Seconds(20);

// Answers each message with itself, and remembers who called last.
class EchoService final : public grpc::CallbackGenericService {
 public:
  struct Caller {
    std::string address;
    std::optional<net::GrpcCall::Certificate> certificate;
  };

  Caller last() {
    MutexLock lock(&mutex_);
    return last_;
  }

 private:
  class Echo final : public grpc::ServerGenericBidiReactor {
   public:
    Echo() { StartRead(&message_); }
    void OnReadDone(bool ok) override {
      if (ok) return StartWrite(&message_);
      Finish(grpc::Status::OK);
    }
    void OnWriteDone(bool ok) override {
      if (ok) return StartRead(&message_);
      Finish(grpc::Status::OK);
    }
    void OnDone() override { delete this; }

   private:
    grpc::ByteBuffer message_;
  };

  grpc::ServerGenericBidiReactor* CreateReactor(
      grpc::GenericCallbackServerContext* context) override {
    {
      MutexLock lock(&mutex_);
      last_ = {net::PeerAddressOf(*context), net::CallOf(*context).certificate};
    }
    return new Echo();
  }

  Mutex mutex_;
  Caller last_ ABSL_GUARDED_BY(mutex_);
};

// A connection of its own and calls over it.
class EchoClient : private GenericClient {
 public:
  EchoClient(const std::string& address,
             const std::shared_ptr<grpc::ChannelCredentials>& credentials)
      : GenericClient(address, credentials) {}

  // What comes back of `message`; the status where nothing does.
  absl::StatusOr<std::string> Echo(std::string_view message,
                                   const std::string& forged = "") {
    grpc::ClientContext context;
    context.set_deadline(absl::ToChronoTime(absl::Now() + kEchoTime));
    if (!forged.empty()) context.AddMetadata("weir-peer", forged);
    Begin(context);
    std::string back;
    const bool came = Exchange(message, back);
    const grpc::Status status = End();
    if (came && status.ok()) return back;
    return absl::Status(static_cast<absl::StatusCode>(status.error_code()),
                        status.error_message());
  }

  void Begin(grpc::ClientContext& context) {
    call_ = stub_.PrepareCall(&context, "/test.Echo/Echo", &queue_);
    call_->StartCall(nullptr);
    Await();
  }
  bool Exchange(std::string_view message, std::string& back) {
    const grpc::Slice slice(message.data(), message.size());
    call_->Write(grpc::ByteBuffer(&slice, 1), nullptr);
    if (!Await()) return false;
    grpc::ByteBuffer received;
    call_->Read(&received, nullptr);
    if (!Await()) return false;
    grpc::Slice flat;
    if (!received.DumpToSingleSlice(&flat).ok()) return false;
    back.assign(reinterpret_cast<const char*>(flat.begin()), flat.size());
    return true;
  }
  grpc::Status End() {
    call_->WritesDone(nullptr);
    Await();
    return Finish();
  }
  grpc::Status Finish() {
    grpc::Status status;
    call_->Finish(&status, nullptr);
    Await();
    // It lives in memory of its context's.
    call_.reset();
    return status;
  }

 private:
  std::unique_ptr<grpc::GenericClientAsyncReaderWriter> call_;
};

}  // namespace weir::testing

#endif  // WEIR_TESTS_COMMON_NET_ECHO_H_
