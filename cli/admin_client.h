// The control plane's Admin service, as weirctl calls it.
#ifndef WEIR_CLI_ADMIN_CLIENT_H_
#define WEIR_CLI_ADMIN_CLIENT_H_

#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>

#include <functional>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "cli/io.h"
#include "cli/spinner.h"
#include "weir/admin/v1/admin.grpc.pb.h"

namespace weir::cli {

namespace admin = ::weir::admin::v1;

// Where a control plane listens by default.
inline constexpr char kDefaultServer[] = "127.0.0.1:7400";

// Connects with the first call. Errors are for people: UNAVAILABLE and
// DEADLINE_EXCEEDED mean that the server can't be reached and say what to
// check; ABORTED that the registry changed meanwhile; FAILED_PRECONDITION is
// every other refusal, in the server's words.
//
// Not thread-safe.
class AdminClient {
 public:
  using Stub = admin::Admin::Stub;

  // `timeout` is for each call; zero means none.
  AdminClient(const Io& io, std::string address, absl::Duration timeout);

  // Call(&Stub::GetProvider, request).
  template <typename Request, typename Response>
  absl::StatusOr<Response> Call(
      grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&,
                                   Response*),
      const Request& request) {
    const Spinner spinner(io_, "waiting for " + address_);
    grpc::ClientContext context;
    SetDeadline(context);
    Response response;
    const grpc::Status status =
        ((*stub_).*method)(&context, request, &response);
    if (!status.ok()) return Explain(status);
    return response;
  }

  // Each answer as it comes, without a deadline, until the server ends it or
  // `show` returns an error. Never OK.
  absl::Status WatchStatus(
      const std::function<absl::Status(const admin::WatchStatusResponse&)>&
          show);

 private:
  void SetDeadline(grpc::ClientContext& context) const;
  absl::Status Explain(const grpc::Status& status) const;

  const Io& io_;
  const std::string address_;
  const absl::Duration timeout_;
  const std::shared_ptr<grpc::Channel> channel_;
  const std::unique_ptr<Stub> stub_;
};

}  // namespace weir::cli

#endif  // WEIR_CLI_ADMIN_CLIENT_H_
