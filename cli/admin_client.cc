#include "cli/admin_client.h"

#include <grpcpp/channel.h>

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "cli/connection.h"

namespace weir::cli {
namespace {

// `: Connection refused`, from the end of what gRPC says; empty if it is not
// about connecting.
std::string ConnectError(std::string_view message) {
  for (const std::string_view step :
       {"Failed to connect to remote host: ", "Ssl handshake failed: "}) {
    const auto found = message.rfind(step);
    if (found == std::string_view::npos) continue;
    return ": " + std::string(message.substr(found + step.size()));
  }
  return "";
}

}  // namespace

AdminClient::AdminClient(const Io& io, const Connection& connection,
                         absl::Duration timeout)
    : io_(io),
      address_(connection.server),
      token_(connection.token),
      timeout_(timeout) {
  absl::StatusOr<std::shared_ptr<grpc::Channel>> channel =
      Connect(connection, io.clock.WallNow());
  if (!channel.ok()) {
    no_way_ = channel.status();
    return;
  }
  channel_ = *std::move(channel);
  stub_ = admin::Admin::NewStub(channel_);
}

void AdminClient::Introduce(grpc::ClientContext& context) const {
  if (token_.empty()) return;
  context.AddMetadata("authorization", "Bearer " + token_);
}

absl::Status AdminClient::ExplainEnd(const grpc::Status& status) const {
  if (status.ok()) {
    return absl::UnavailableError("the control plane at " + address_ +
                                  " ended the watch; start it again");
  }
  return Explain(status);
}

void AdminClient::SetDeadline(grpc::ClientContext& context) const {
  if (timeout_ == absl::ZeroDuration()) return;
  context.set_deadline(std::chrono::system_clock::now() +
                       absl::ToChronoMicroseconds(timeout_));
}

absl::Status AdminClient::Explain(const grpc::Status& status) const {
  const std::string server = "the control plane at " + address_;
  switch (status.error_code()) {
    case grpc::StatusCode::UNAVAILABLE:
      // The server's own UNAVAILABLE comes over a connection that stands.
      if (channel_->GetState(false) == GRPC_CHANNEL_READY) break;
      return absl::UnavailableError(
          "cannot reach " + server + ConnectError(status.error_message()) +
          "\nCheck that weir-controlplane runs there, that --server (or "
          "WEIR_SERVER) is its gRPC address, and where it speaks TLS, that "
          "--tls-ca is its authority and --tls-cert one that it believes");
    case grpc::StatusCode::DEADLINE_EXCEEDED:
      return absl::DeadlineExceededError(
          server + " did not answer within " + absl::FormatDuration(timeout_) +
          "\nCheck that --server (or WEIR_SERVER) is its gRPC address, 7400 by "
          "default, or give it longer with --timeout");
    case grpc::StatusCode::UNIMPLEMENTED:
      return absl::FailedPreconditionError(
          server +
          " does not know this command\nCheck that it is as new as "
          "this weirctl (" WEIR_VERSION ")");
    case grpc::StatusCode::ABORTED:
      return absl::AbortedError(status.error_message());
    default:
      break;
  }
  return absl::FailedPreconditionError(status.error_message());
}

}  // namespace weir::cli
