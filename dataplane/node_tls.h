// A node's certificates: towards the control plane, and on the clients' port.
#ifndef WEIR_DATAPLANE_NODE_TLS_H_
#define WEIR_DATAPLANE_NODE_TLS_H_

#include <grpcpp/security/credentials.h>

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "common/net/plaintext.h"
#include "common/ops/certificate_metrics.h"
#include "common/tls/identity.h"
#include "common/tls/identity_watch.h"
#include "common/tls/openssl.h"

namespace weir::dataplane {

struct NodeTlsOptions {
  // The node's own, and the control plane's authorities; all three or none.
  tls::IdentityFiles control_plane = {};
  // Certificate and key of the port for clients, or none.
  tls::IdentityFiles clients = {};
  // Towards the control plane; a load balancer often does TLS for clients.
  net::Plaintext plaintext = net::Plaintext::kOnLoopback;
};

// FAILED_PRECONDITION, with what to do, where flags contradict each other or
// the way to `control_plane` would leave the machine without TLS. Pure.
absl::Status CheckNodeTls(const NodeTlsOptions& options,
                          const std::string& control_plane);

// Not thread-safe; what it gives away is.
class NodeTls {
 public:
  // Reads the files. Errors of CheckNodeTls() and LoadIdentity().
  absl::Status Open(const NodeTlsOptions& options,
                    const std::string& control_plane, absl::Time wall_now);

  enum class Change { kNone, kClientPort };
  // Takes up files that changed; kClientPort: client_port() is another one.
  // Call about once a second.
  Change Poll(absl::Time wall_now);

  // For a new connection to the control plane.
  std::shared_ptr<grpc::ChannelCredentials> ControlPlane() const;
  // For new connections of clients; null for plain text.
  const tls::ContextPtr& client_port() const { return client_port_; }

  std::vector<ops::PortCertificates> Status() const;

 private:
  // Null without TLS there.
  std::unique_ptr<tls::IdentityWatch> control_plane_;
  std::unique_ptr<tls::IdentityWatch> clients_;
  tls::ContextPtr client_port_;
};

}  // namespace weir::dataplane

#endif  // WEIR_DATAPLANE_NODE_TLS_H_
