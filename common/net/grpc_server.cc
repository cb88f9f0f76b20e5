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
  builder.SetMaxReceiveMessageSize(options.max_receive_bytes);
  builder.SetSyncServerOption(grpc::ServerBuilder::NUM_CQS, 1);
  builder.SetSyncServerOption(grpc::ServerBuilder::MAX_POLLERS, 2);
  grpc::ResourceQuota quota("weir");
  quota.SetMaxThreads(kMaxSyncThreads);
  builder.SetResourceQuota(quota);
}

// What peers may still be told after the last call has ended.
constexpr absl::Duration kLastWords = absl::Seconds(5);

// `descriptors`: of the process's table, that a connection takes.
std::size_t ConnectionCap(std::size_t wanted, std::size_t descriptors) {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return wanted;
  return std::min<std::size_t>(wanted, limit.rlim_cur / 4 * 3 / descriptors);
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
          ? MakeServerCredentials(options.security->authorize)
          : grpc::InsecureServerCredentials());
  result->server_ = builder.BuildAndStart();
  if (result->server_ == nullptr) {
    return absl::UnavailableError(absl::StrCat(
        options.listen_address, ": gRPC could not be started; see its log"));
  }
  absl::Status started = result->StartFront(options);
  if (started.ok()) started = result->StartAcceptor(options);
  if (!started.ok()) {
    result->server_->Shutdown();
    return started;
  }
  return result;
}

absl::Status GrpcServer::StartFront(const GrpcServerOptions& options) {
  if (!options.security.has_value()) return absl::OkStatus();
  tls_front::TlsFront::Options front;
  front.identity = options.security->identity;
  front.client_certificate = options.security->client_certificate;
  front.handshake_timeout = options.handshake_timeout;
  // gRPC only keeps the listener's number to itself.
  front.hand_over = [this](int fd) { HandOver(/*listener_fd=*/-1, fd); };
  absl::StatusOr<std::unique_ptr<tls_front::TlsFront>> started =
      tls_front::TlsFront::Start(std::move(front));
  if (!started.ok()) return started.status();
  front_ = *std::move(started);
  return absl::OkStatus();
}

absl::Status GrpcServer::StartAcceptor(const GrpcServerOptions& options) {
  SocketAcceptor::Options acceptor;
  acceptor.listen_address = options.listen_address;
  acceptor.max_connections =
      ConnectionCap(options.max_connections,
                    front_ == nullptr || front_->owns_descriptors() ? 1 : 3);
  if (front_ == nullptr) {
    acceptor.take = [this](int listener_fd, int fd) {
      HandOver(listener_fd, fd);
    };
  } else {
    acceptor.take = [this](int /*listener_fd*/, int fd) { front_->Take(fd); };
    acceptor.count_open = [this] { return front_->open(); };
  }
  absl::StatusOr<std::unique_ptr<SocketAcceptor>> started =
      SocketAcceptor::Start(std::move(acceptor));
  if (!started.ok()) return started.status();
  acceptor_ = *std::move(started);
  return absl::OkStatus();
}

void GrpcServer::HandOver(int listener_fd, int fd) {
  grpc::experimental::ExternalConnectionAcceptor::NewConnectionParameters
      connection;
  connection.listener_fd = listener_fd;
  connection.fd = fd;
  hand_over_->HandleNewConnection(&connection);
}

GrpcServer::~GrpcServer() {
  if (acceptor_ != nullptr) Shutdown(absl::ZeroDuration());
}

std::optional<tls_front::HandshakeCounts::Counts> GrpcServer::handshakes()
    const {
  if (front_ == nullptr) return std::nullopt;
  return front_->stats().handshakes;
}

void GrpcServer::SetServing(bool serving) {
  server_->GetHealthCheckService()->SetServingStatus(serving);
}

void GrpcServer::Shutdown(absl::Duration grace) {
  acceptor_->Stop();
  if (front_ != nullptr) front_->StopTaking();
  if (auto* health = server_->GetHealthCheckService()) health->Shutdown();
  server_->Shutdown(absl::ToChronoTime(absl::Now() + grace));
  server_->Wait();
  if (front_ != nullptr) front_->Close(kLastWords);
}

}  // namespace weir::net
