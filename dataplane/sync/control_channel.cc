#include "dataplane/sync/control_channel.h"

#include <grpcpp/security/credentials.h>

#include <memory>
#include <string>

#include "common/config/size_limit.h"
#include "common/net/grpc_channel.h"
#include "weir/routing/v1/routing.grpc.pb.h"

namespace weir::dataplane {
std::unique_ptr<routing::v1::Routing::Stub> NewRoutingStub(
    const std::string& control_plane,
    const std::shared_ptr<grpc::ChannelCredentials>& credentials) {
  return routing::v1::Routing::NewStub(net::NewGrpcChannel(
      control_plane, credentials, config::kMaxMessageBytes));
}

}  // namespace weir::dataplane
