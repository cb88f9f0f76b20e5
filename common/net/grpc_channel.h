// A gRPC channel to a server, and who shows up there.
#ifndef WEIR_COMMON_NET_GRPC_CHANNEL_H_
#define WEIR_COMMON_NET_GRPC_CHANNEL_H_

#include <grpcpp/channel.h>
#include <grpcpp/security/credentials.h>

#include <memory>
#include <string>

#include "common/tls/identity.h"

namespace weir::net {

// HTTP/2 pings of a connection, with or without calls on it.
enum class Pings {
  // A dead peer is noticed within 30 s.
  kEvery20Seconds,
  // For servers that take them amiss; the deadline of a call has to do.
  kNever,
};

// A channel to host:port with a connection of its own. `max_receive_bytes`
// bounds one message. The server's certificate must be for `server_name`;
// empty: for the host. It connects when it is first used.
std::shared_ptr<grpc::Channel> NewGrpcChannel(
    const std::string& address,
    const std::shared_ptr<grpc::ChannelCredentials>& credentials,
    int max_receive_bytes, const std::string& server_name = {},
    Pings pings = Pings::kEvery20Seconds);

// Shows `identity`'s certificate to servers that its authorities have signed;
// null: plain text.
std::shared_ptr<grpc::ChannelCredentials> ClientCredentials(
    const tls::Identity* identity);

}  // namespace weir::net

#endif  // WEIR_COMMON_NET_GRPC_CHANNEL_H_
