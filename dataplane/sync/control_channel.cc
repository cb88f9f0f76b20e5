#include "dataplane/sync/control_channel.h"

#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>
#include <grpcpp/support/channel_arguments.h>

#include <memory>
#include <string>

#include "common/config/size_limit.h"
#include "weir/routing/v1/routing.grpc.pb.h"

namespace weir::dataplane {
namespace {

grpc::ChannelArguments Arguments() {
  grpc::ChannelArguments arguments;
  arguments.SetMaxReceiveMessageSize(config::kMaxMessageBytes);
  // HTTP/2 pings find a dead peer sooner than TCP's retransmissions.
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIME_MS, 20'000);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, 10'000);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 1);
  arguments.SetInt(GRPC_ARG_HTTP2_MAX_PINGS_WITHOUT_DATA, 0);
  // HTTPS_PROXY is for providers; the control plane is inside.
  arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
  arguments.SetInt(GRPC_ARG_ENABLE_RETRIES, 0);
  // Else a new channel would share a connection, and its back-off, with an old
  // one.
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  return arguments;
}

}  // namespace

std::unique_ptr<routing::v1::Routing::Stub> NewRoutingStub(
    const std::string& control_plane,
    const std::shared_ptr<grpc::ChannelCredentials>& credentials) {
  return routing::v1::Routing::NewStub(
      grpc::CreateCustomChannel(control_plane, credentials, Arguments()));
}

}  // namespace weir::dataplane
