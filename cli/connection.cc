#include "cli/connection.h"

#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>
#include <grpcpp/support/channel_arguments.h>

#include <memory>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/config/size_limit.h"
#include "common/tls/identity.h"

namespace weir::cli {
namespace {

absl::Status Check(const Connection& connection) {
  const tls::IdentityFiles& files = connection.tls;
  if (files.certificate.empty() != files.key.empty()) {
    return absl::InvalidArgumentError(
        "--tls-cert and --tls-key go together; give both or none");
  }
  if (!files.authorities.empty()) return absl::OkStatus();
  if (!files.none()) {
    return absl::InvalidArgumentError(
        "--tls-cert needs --tls-ca, the authority of the control plane");
  }
  if (!connection.token.empty()) {
    return absl::InvalidArgumentError(
        "a token travels over TLS only; give --tls-ca, the authority of the "
        "control plane");
  }
  return absl::OkStatus();
}

absl::StatusOr<std::shared_ptr<grpc::ChannelCredentials>> Credentials(
    const tls::IdentityFiles& files, absl::Time now) {
  if (files.none()) return grpc::InsecureChannelCredentials();
  const absl::StatusOr<tls::Identity> identity = tls::LoadIdentity(files, now);
  if (!identity.ok()) {
    return absl::InvalidArgumentError(identity.status().message());
  }
  grpc::SslCredentialsOptions options;
  options.pem_root_certs = identity->authorities;
  options.pem_private_key = identity->private_key.Reveal();
  options.pem_cert_chain = identity->certificate_chain;
  return grpc::SslCredentials(options);
}

}  // namespace

absl::StatusOr<std::shared_ptr<grpc::Channel>> Connect(
    const Connection& connection, absl::Time now) {
  if (absl::Status fine = Check(connection); !fine.ok()) return fine;
  const auto credentials = Credentials(connection.tls, now);
  if (!credentials.ok()) return credentials.status();
  grpc::ChannelArguments arguments;
  arguments.SetMaxReceiveMessageSize(config::kMaxMessageBytes);
  // http_proxy is for the web; the control plane is not reached through it.
  arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
  return grpc::CreateCustomChannel(connection.server, *credentials, arguments);
}

}  // namespace weir::cli
