// The control plane's Admin service, as weirctl calls it.
#ifndef WEIR_CLI_ADMIN_CLIENT_H_
#define WEIR_CLI_ADMIN_CLIENT_H_

#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>
#include <grpcpp/support/sync_stream.h>

#include <functional>
#include <memory>
#include <string>
#include <type_traits>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "cli/connection.h"
#include "cli/io.h"
#include "cli/spinner.h"
#include "weir/admin/v1/admin.grpc.pb.h"

namespace weir::cli {

namespace admin = ::weir::admin::v1;

// Connects with the first call. Errors are for people: UNAVAILABLE and
// DEADLINE_EXCEEDED mean that the server can't be reached and say what to
// check; INVALID_ARGUMENT that the way there is wrong already here, as
// Connect() has it; ABORTED that the registry changed meanwhile;
// FAILED_PRECONDITION is every other refusal, in the server's words.
//
// Not thread-safe.
class AdminClient {
 public:
  using Stub = admin::Admin::Stub;

  // `timeout` is for each call; zero means none.
  AdminClient(const Io& io, const Connection& connection,
              absl::Duration timeout);

  // Call(&Stub::GetProvider, request).
  template <typename Request, typename Response>
  absl::StatusOr<Response> Call(
      grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&,
                                   Response*),
      const Request& request) {
    if (!no_way_.ok()) return no_way_;
    const Spinner spinner(io_, "waiting for " + address_);
    grpc::ClientContext context;
    SetDeadline(context);
    Introduce(context);
    Response response;
    const grpc::Status status =
        ((*stub_).*method)(&context, request, &response);
    if (!status.ok()) return Explain(status);
    return response;
  }

  // Watch(&Stub::WatchStatus, request, show): each answer as it comes, without
  // a deadline, until the server ends it or `show` returns an error. Never OK.
  template <typename Request, typename Response>
  absl::Status Watch(
      std::unique_ptr<grpc::ClientReader<Response>> (Stub::*method)(
          grpc::ClientContext*, const Request&),
      const Request& request,
      const std::type_identity_t<std::function<absl::Status(const Response&)>>&
          show) {
    if (!no_way_.ok()) return no_way_;
    grpc::ClientContext context;
    Introduce(context);
    const auto reader = ((*stub_).*method)(&context, request);
    Response response;
    const auto first = [&] {
      const Spinner spinner(io_, "waiting for " + address_);
      return reader->Read(&response);
    };
    for (bool more = first(); more; more = reader->Read(&response)) {
      const absl::Status shown = show(response);
      if (shown.ok()) continue;
      context.TryCancel();
      reader->Finish();
      return shown;
    }
    return ExplainEnd(reader->Finish());
  }

 private:
  void SetDeadline(grpc::ClientContext& context) const;
  // Shows the token, if there is one.
  void Introduce(grpc::ClientContext& context) const;
  absl::Status Explain(const grpc::Status& status) const;
  // Why a watch is over.
  absl::Status ExplainEnd(const grpc::Status& status) const;

  const Io& io_;
  const std::string address_;
  const std::string token_;
  const absl::Duration timeout_;
  // Not OK: Connect() refused, and there is neither of these.
  absl::Status no_way_;
  std::shared_ptr<grpc::Channel> channel_;
  std::unique_ptr<Stub> stub_;
};

}  // namespace weir::cli

#endif  // WEIR_CLI_ADMIN_CLIENT_H_
