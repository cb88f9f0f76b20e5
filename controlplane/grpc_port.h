// The control plane's gRPC port: TLS, who may call what, and the server.
#ifndef WEIR_CONTROLPLANE_GRPC_PORT_H_
#define WEIR_CONTROLPLANE_GRPC_PORT_H_

#include <grpcpp/security/credentials.h>
#include <grpcpp/server_context.h>

#include <cstddef>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/clock.h"
#include "common/mutex.h"
#include "common/net/grpc_security.h"
#include "common/net/grpc_server.h"
#include "common/net/plaintext.h"
#include "common/ops/metrics.h"
#include "common/tls/identity.h"
#include "common/tls/identity_watch.h"
#include "controlplane/access/access_control.h"
#include "controlplane/access/actor.h"
#include "controlplane/access/token_file.h"

namespace weir::controlplane {

struct GrpcPortOptions {
  // host:port; port 0: the system's choice.
  std::string listen = "127.0.0.1:7400";
  // All three or none; the authorities are those of nodes and operators.
  tls::IdentityFiles tls = {};
  // In the certificates of other control planes on the same database; empty:
  // the host that each is reached at.
  std::string tls_peer_name = {};
  // Empty: only certificates say who calls.
  std::string token_file = {};
  net::Plaintext plaintext = net::Plaintext::kOnLoopback;
  // Nodes at once, and as many connections of others. Followers hold as many as
  // the leader: theirs are passed on to it.
  std::size_t max_nodes = 10'000;
};

// INVALID_ARGUMENT, with what to do, where flags contradict each other or the
// port would be open to the network without TLS. Pure.
absl::Status CheckGrpcPort(const GrpcPortOptions& options);

// Thread safety: Serve() once, by whoever opened it; after that every method
// may be called from any thread, problems() and Poll() before it too.
class GrpcPort {
 public:
  // Reads the files. Errors of CheckGrpcPort(), and of the files. `clock`
  // outlives this.
  static absl::StatusOr<std::unique_ptr<GrpcPort>> Open(GrpcPortOptions options,
                                                        const Clock& clock);

  // Serves what `server` names when it returns; its address, its bounds and its
  // security are set here. Errors of GrpcServer.
  absl::Status Serve(net::GrpcServerOptions server);

  // Takes up files that changed. Call about once a second.
  void Poll();
  // As GrpcServer's.
  void Shutdown(absl::Duration grace) {
    if (server_ != nullptr) server_->Shutdown(grace);
  }
  void SetServing(bool serving) { server_->SetServing(serving); }

  // By which another control plane is called: with the certificate that is in
  // use here, or none. The same pointer until that changes.
  std::shared_ptr<grpc::ChannelCredentials> ClientCredentials();
  const std::string& peer_name() const { return options_.tls_peer_name; }

  // Whose call it is. REQUIRES: it was let through.
  Actor WhoCalls(const grpc::ServerContextBase& context) const;

  const std::string& address() const { return server_->address(); }
  net::SocketAcceptor::Stats stats() const { return server_->stats(); }
  // A sentence for each file that is not the one in use.
  std::vector<std::string> problems() const;
  void AddMetrics(ops::MetricPage& page) const;

 private:
  GrpcPort(GrpcPortOptions options, const Clock& clock)
      : options_(std::move(options)), clock_(clock) {}

  absl::Status OpenFiles();
  net::GrpcSecurity Security() const;

  const GrpcPortOptions options_;
  const Clock& clock_;
  // Null without TLS, as the next one, and the one after it without a file.
  std::shared_ptr<tls::IdentityWatch> identity_;
  std::shared_ptr<AccessControl> access_;
  std::shared_ptr<TokenFile> tokens_;
  std::unique_ptr<net::GrpcServer> server_;

  Mutex mutex_;
  // What ClientCredentials() said last, and of which identity.
  std::shared_ptr<grpc::ChannelCredentials> client_ ABSL_GUARDED_BY(mutex_);
  std::shared_ptr<const tls::Identity> client_identity_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace weir::controlplane

#endif  // WEIR_CONTROLPLANE_GRPC_PORT_H_
