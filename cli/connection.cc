#include "cli/connection.h"

#include <grpcpp/client_context.h>
#include <grpcpp/security/credentials.h>

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "common/config/size_limit.h"
#include "common/net/grpc_channel.h"
#include "common/net/plaintext.h"
#include "common/tls/identity.h"
#include "weir/admin/v1/admin.grpc.pb.h"

namespace weir::cli {
namespace {

// With one of several servers, before the next is asked.
constexpr absl::Duration kPatience = absl::Seconds(2);

absl::Status Check(const Connection& connection) {
  const tls::IdentityFiles& files = connection.tls;
  if (files.certificate.empty() != files.key.empty()) {
    return absl::InvalidArgumentError(
        "--tls-cert and --tls-key go together; give both or none");
  }
  if (!files.authorities.empty()) {
    if (connection.plaintext == net::Plaintext::kOnLoopback) {
      return absl::OkStatus();
    }
    return absl::InvalidArgumentError(
        "--insecure and --tls-ca contradict each other; give one");
  }
  if (!files.none()) {
    return absl::InvalidArgumentError(
        "--tls-cert needs --tls-ca, the authority of the control plane");
  }
  if (!connection.token.empty()) {
    return absl::InvalidArgumentError(
        "a token travels over TLS only; give --tls-ca, the authority of the "
        "control plane");
  }
  if (!net::MayBePlain(connection.server, connection.plaintext)) {
    return absl::InvalidArgumentError(absl::StrCat(
        "--server ", connection.server,
        ": the way there is not of this machine alone; give --tls-ca, the "
        "authority of the control plane, or say --insecure"));
  }
  return absl::OkStatus();
}

absl::StatusOr<std::shared_ptr<grpc::ChannelCredentials>> Credentials(
    const tls::IdentityFiles& files, absl::Time now) {
  if (files.none()) return net::ClientCredentials(nullptr);
  const absl::StatusOr<tls::Identity> identity = tls::LoadIdentity(files, now);
  if (!identity.ok()) {
    return absl::InvalidArgumentError(identity.status().message());
  }
  return net::ClientCredentials(&*identity);
}

// Any answer but that of one that is not there, or that follows and can't reach
// who leads.
bool Serves(const std::shared_ptr<grpc::Channel>& channel) {
  grpc::ClientContext context;
  context.set_deadline(absl::ToChronoTime(absl::Now() + kPatience));
  ::weir::admin::v1::GetGroupsResponse response;
  const grpc::Status status =
      ::weir::admin::v1::Admin::NewStub(channel)->GetGroups(&context, {},
                                                            &response);
  return status.error_code() != grpc::StatusCode::UNAVAILABLE &&
         status.error_code() != grpc::StatusCode::DEADLINE_EXCEEDED;
}

}  // namespace

absl::StatusOr<std::shared_ptr<grpc::Channel>> Connect(
    const Connection& connection, absl::Time now) {
  if (absl::Status fine = Check(connection); !fine.ok()) return fine;
  const auto credentials = Credentials(connection.tls, now);
  if (!credentials.ok()) return credentials.status();
  std::shared_ptr<grpc::Channel> channel;
  const std::vector<std::string> servers =
      absl::StrSplit(connection.server, ',');
  for (const std::string& server : servers) {
    channel =
        net::NewGrpcChannel(server, *credentials, config::kMaxMessageBytes);
    if (servers.size() == 1 || Serves(channel)) break;
  }
  return channel;
}

}  // namespace weir::cli
