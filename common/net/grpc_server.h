// A gRPC server that its neighbours can't wear down.
#ifndef WEIR_COMMON_NET_GRPC_SERVER_H_
#define WEIR_COMMON_NET_GRPC_SERVER_H_

#include <grpcpp/generic/async_generic_service.h>
#include <grpcpp/grpcpp.h>

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/net/grpc_security.h"
#include "common/net/socket_acceptor.h"
#include "common/tls_front/handshake_counts.h"
#include "common/tls_front/tls_front.h"

namespace weir::net {

struct GrpcServerOptions {
  // host:port; port 0: the system's choice.
  std::string listen_address;
  // They outlive the server, as the next one does.
  std::vector<grpc::Service*> services;
  // Answers the calls that no service has; null: they are unknown methods.
  grpc::CallbackGenericService* other_calls = nullptr;
  // Connections at once; at most three quarters of the descriptors that the
  // process may have, for there is other work to be done.
  std::size_t max_connections = 4096;
  // One message from a peer.
  int max_receive_bytes = 4 << 20;
  // A connection that has not spoken HTTP/2 until then is closed; with TLS its
  // first byte and its handshake may each take as long, too.
  absl::Duration handshake_timeout = absl::Seconds(10);
  // Absent: plain text, and whoever reaches the port may call everything.
  std::optional<GrpcSecurity> security = std::nullopt;
};

// gRPC with the health service (grpc.health.v1) and reflection.
//
// Connections are accepted by us and handed over: the listener of gRPC 1.51
// never accepts again after the process once ran out of descriptors
// (CVE-2023-4785, not fixed in Debian 12). TLS is ours, too, for gRPC's takes
// 65 kB a connection; behind it gRPC sees plain text on sockets of the machine.
// Peers are pinged every 20 s and
// dropped when they do not answer within 10 s; peers that ping more often than
// every 10 s are told to go away.
//
// Thread safety: every method may be called from any thread.
class GrpcServer {
 public:
  // Serves when it returns. INVALID_ARGUMENT or UNAVAILABLE with the address
  // and the reason.
  static absl::StatusOr<std::unique_ptr<GrpcServer>> Start(
      GrpcServerOptions options);
  ~GrpcServer();

  // Accepts nothing more, lets calls end for `grace`, then cancels them; waits
  // until none is left, and with TLS 5 s at most for peers to take what was
  // said last. May be called twice.
  void Shutdown(absl::Duration grace);

  // What the health service says of the server: SERVING until told otherwise.
  void SetServing(bool serving);

  // host:port where it really listens.
  const std::string& address() const { return acceptor_->address(); }
  SocketAcceptor::Stats stats() const { return acceptor_->stats(); }
  // Absent without TLS.
  std::optional<tls_front::HandshakeCounts::Counts> handshakes() const;

 private:
  GrpcServer() = default;

  absl::Status StartFront(const GrpcServerOptions& options);
  absl::Status StartAcceptor(const GrpcServerOptions& options);
  void HandOver(int listener_fd, int fd);

  std::unique_ptr<grpc::experimental::ExternalConnectionAcceptor> hand_over_;
  std::unique_ptr<grpc::Server> server_;
  // Null without TLS.
  std::unique_ptr<tls_front::TlsFront> front_;
  std::unique_ptr<SocketAcceptor> acceptor_;
};

}  // namespace weir::net

#endif  // WEIR_COMMON_NET_GRPC_SERVER_H_
