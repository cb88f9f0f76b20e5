#include "common/net/grpc_server.h"

#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/health_check_service_interface.h>
#include <grpcpp/resource_quota.h>
#include <sys/resource.h>

#include <algorithm>
#include <mutex>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/net/grpc_log.h"
#include "common/net/grpc_mutexes.h"
#include "common/net/grpc_security.h"

namespace weir::net {
namespace {

// Threads that gRPC may start for reflection, the one service here that takes a
// thread a call.
constexpr int kMaxSyncThreads = 16;

int Milliseconds(absl::Duration duration) {
  return static_cast<int>(absl::ToInt64Milliseconds(duration));
}

// Both are switches of the whole process, read when a server is built.
void EnableHealthAndReflection() {
  static std::once_flag once;
  std::call_once(once, [] {
    grpc::EnableDefaultHealthCheckService(true);
    grpc::reflection::InitProtoReflectionServerBuilderPlugin();
  });
}

void SetArguments(const GrpcServerOptions& options,
                  grpc::ServerBuilder& builder) {
  builder.AddChannelArgument(GRPC_ARG_SERVER_HANDSHAKE_TIMEOUT_MS,
                             Milliseconds(options.handshake_timeout));
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIME_MS, 20'000);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, 10'000);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 1);
  builder.AddChannelArgument(
      GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS, 10'000);
  // A connection without any call is nobody's.
  builder.AddChannelArgument(GRPC_ARG_MAX_CONNECTION_IDLE_MS, 300'000);
  builder.AddChannelArgument(GRPC_ARG_MAX_CONCURRENT_STREAMS, 128);
  builder.AddChannelArgument(GRPC_ARG_MAX_METADATA_SIZE, 16 << 10);
  // Of a connection with TLS; gRPC keeps one buffer of it each, of 16 KiB
  // unless told, and nodes are told little at a time.
  builder.AddChannelArgument(GRPC_ARG_TSI_MAX_FRAME_SIZE, 4 << 10);
  builder.SetMaxReceiveMessageSize(options.max_receive_bytes);
  builder.SetSyncServerOption(grpc::ServerBuilder::NUM_CQS, 1);
  builder.SetSyncServerOption(grpc::ServerBuilder::MAX_POLLERS, 2);
  grpc::ResourceQuota quota("weir");
  quota.SetMaxThreads(kMaxSyncThreads);
  builder.SetResourceQuota(quota);
}

std::size_t ConnectionCap(std::size_t wanted) {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return wanted;
  return std::min<std::size_t>(wanted, limit.rlim_cur / 4 * 3);
}

}  // namespace

absl::StatusOr<std::unique_ptr<GrpcServer>> GrpcServer::Start(
    GrpcServerOptions options) {
  EnableHealthAndReflection();
  TameGrpcLog();
  StopWatchingMutexes();
  grpc::ServerBuilder builder;
  SetArguments(options, builder);
  for (grpc::Service* service : options.services) {
    builder.RegisterService(service);
  }
  if (options.other_calls != nullptr) {
    builder.RegisterCallbackGenericService(options.other_calls);
  }
  std::unique_ptr<GrpcServer> result(new GrpcServer());
  result->hand_over_ = builder.experimental().AddExternalConnectionAcceptor(
      grpc::ServerBuilder::experimental_type::ExternalConnectionType::FROM_FD,
      options.security.has_value()
          ? MakeServerCredentials(*std::move(options.security))
          : grpc::InsecureServerCredentials());
  result->server_ = builder.BuildAndStart();
  if (result->server_ == nullptr) {
    return absl::UnavailableError(absl::StrCat(
        options.listen_address, ": gRPC could not be started; see its log"));
  }
  absl::StatusOr<std::unique_ptr<SocketAcceptor>> acceptor =
      SocketAcceptor::Start(
          {options.listen_address, ConnectionCap(options.max_connections),
           [hand_over = result->hand_over_.get()](int listener_fd, int fd) {
             grpc::experimental::ExternalConnectionAcceptor::
                 NewConnectionParameters connection;
             connection.listener_fd = listener_fd;
             connection.fd = fd;
             hand_over->HandleNewConnection(&connection);
           }});
  if (!acceptor.ok()) {
    result->server_->Shutdown();
    return acceptor.status();
  }
  result->acceptor_ = *std::move(acceptor);
  return result;
}

GrpcServer::~GrpcServer() {
  if (acceptor_ != nullptr) Shutdown(absl::ZeroDuration());
}

void GrpcServer::SetServing(bool serving) {
  server_->GetHealthCheckService()->SetServingStatus(serving);
}

void GrpcServer::Shutdown(absl::Duration grace) {
  acceptor_->Stop();
  if (auto* health = server_->GetHealthCheckService()) health->Shutdown();
  server_->Shutdown(absl::ToChronoTime(absl::Now() + grace));
  server_->Wait();
}

}  // namespace weir::net
