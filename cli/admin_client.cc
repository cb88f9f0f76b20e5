#include "cli/admin_client.h"

#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "common/config/size_limit.h"

namespace weir::cli {
namespace {

std::shared_ptr<grpc::Channel> Connect(const std::string& address) {
  grpc::ChannelArguments arguments;
  arguments.SetMaxReceiveMessageSize(config::kMaxMessageBytes);
  // http_proxy is for the web; the control plane is not reached through it.
  arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
  return grpc::CreateCustomChannel(address, grpc::InsecureChannelCredentials(),
                                   arguments);
}

// `: Connection refused`, from the end of what gRPC says; empty if it is not
// about connecting.
std::string ConnectError(std::string_view message) {
  constexpr std::string_view kStep = "Failed to connect to remote host: ";
  const auto step = message.rfind(kStep);
  if (step == std::string_view::npos) return "";
  return ": " + std::string(message.substr(step + kStep.size()));
}

}  // namespace

AdminClient::AdminClient(const Io& io, std::string address,
                         absl::Duration timeout)
    : io_(io),
      address_(std::move(address)),
      timeout_(timeout),
      channel_(Connect(address_)),
      stub_(admin::Admin::NewStub(channel_)) {}

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
          "\nCheck that weir-controlplane runs there and that --server (or "
          "WEIR_SERVER) is its gRPC address");
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
