// The gRPC channel to the control plane.
#ifndef WEIR_DATAPLANE_SYNC_CONTROL_CHANNEL_H_
#define WEIR_DATAPLANE_SYNC_CONTROL_CHANNEL_H_

#include <grpcpp/security/credentials.h>

#include <memory>
#include <string>

#include "weir/routing/v1/routing.grpc.pb.h"

namespace weir::dataplane {

// A stub on a channel of its own for each stream: gRPC's own reconnecting would
// add its back-off to ours, and a new channel resolves the name anew.
std::unique_ptr<routing::v1::Routing::Stub> NewRoutingStub(
    const std::string& control_plane,
    const std::shared_ptr<grpc::ChannelCredentials>& credentials);

}  // namespace weir::dataplane

#endif  // WEIR_DATAPLANE_SYNC_CONTROL_CHANNEL_H_
