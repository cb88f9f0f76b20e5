#include "common/net/grpc_channel.h"

#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>
#include <grpcpp/support/channel_arguments.h>

#include <memory>
#include <string>

#include "common/net/grpc_mutexes.h"
#include "common/tls/identity.h"

namespace weir::net {

std::shared_ptr<grpc::Channel> NewGrpcChannel(
    const std::string& address,
    const std::shared_ptr<grpc::ChannelCredentials>& credentials,
    int max_receive_bytes, const std::string& server_name, Pings pings) {
  StopWatchingMutexes();
  grpc::ChannelArguments arguments;
  if (!server_name.empty()) arguments.SetSslTargetNameOverride(server_name);
  arguments.SetMaxReceiveMessageSize(max_receive_bytes);
  if (pings == Pings::kEvery20Seconds) {
    // They find a dead peer sooner than TCP's retransmissions.
    arguments.SetInt(GRPC_ARG_KEEPALIVE_TIME_MS, 20'000);
    arguments.SetInt(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, 10'000);
    arguments.SetInt(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 1);
    arguments.SetInt(GRPC_ARG_HTTP2_MAX_PINGS_WITHOUT_DATA, 0);
  }
  // HTTPS_PROXY is for providers; what speaks gRPC is inside.
  arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
  arguments.SetInt(GRPC_ARG_ENABLE_RETRIES, 0);
  // Else a new channel would share a connection, and its back-off, with an old
  // one.
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  return grpc::CreateCustomChannel(address, credentials, arguments);
}

std::shared_ptr<grpc::ChannelCredentials> ClientCredentials(
    const tls::Identity* identity) {
  if (identity == nullptr) return grpc::InsecureChannelCredentials();
  grpc::SslCredentialsOptions options;
  options.pem_root_certs = identity->authorities;
  options.pem_private_key = identity->private_key.Reveal();
  options.pem_cert_chain = identity->certificate_chain;
  return grpc::SslCredentials(options);
}

}  // namespace weir::net
