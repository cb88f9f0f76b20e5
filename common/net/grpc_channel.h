// A gRPC channel to a control plane, and who shows up there.
#ifndef WEIR_COMMON_NET_GRPC_CHANNEL_H_
#define WEIR_COMMON_NET_GRPC_CHANNEL_H_

#include <grpcpp/channel.h>
#include <grpcpp/security/credentials.h>

#include <memory>
#include <string>

#include "common/tls/identity.h"

namespace weir::net {

// A channel to host:port with a connection of its own, pinged every 20 s: a
// dead peer is noticed within 30 s. `max_receive_bytes` bounds one message. The
// server's certificate must be for `server_name`; empty: for the host. It
// connects when it is first used.
std::shared_ptr<grpc::Channel> NewGrpcChannel(
    const std::string& address,
    const std::shared_ptr<grpc::ChannelCredentials>& credentials,
    int max_receive_bytes, const std::string& server_name = {});

// Shows `identity`'s certificate to servers that its authorities have signed;
// null: plain text.
std::shared_ptr<grpc::ChannelCredentials> ClientCredentials(
    const tls::Identity* identity);

}  // namespace weir::net

#endif  // WEIR_COMMON_NET_GRPC_CHANNEL_H_
