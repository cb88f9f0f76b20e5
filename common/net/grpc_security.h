// Who may call a gRPC server: a decision on each call, by what TLS has shown.
#ifndef WEIR_COMMON_NET_GRPC_SECURITY_H_
#define WEIR_COMMON_NET_GRPC_SECURITY_H_

#include <grpcpp/security/server_credentials.h>
#include <grpcpp/server_context.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "common/tls/identity_watch.h"
#include "common/tls/server_context.h"
#include "common/tls_front/peer.h"

namespace weir::net {

// A control plane that does not lead passes calls on with this header, whose
// value says for whom.
inline constexpr char kRelayedHeader[] = "weir-relayed";

// What a call comes with before any service sees it. Views are good until the
// decision has been made.
struct GrpcCall {
  using Certificate = tls_front::Peer::Certificate;

  // `/package.Service/Method`.
  std::string_view method;
  // Which one of our authorities has signed. Absent: the peer has shown none.
  std::optional<Certificate> certificate;
  // The header's value; empty: there is none.
  std::string_view authorization;
  // The value of kRelayedHeader; empty: there is none.
  std::string_view relayed_for = {};
};

// The same of a call that a service serves, as long as its context lives;
// without the method, which the service knows.
GrpcCall CallOf(const grpc::ServerContextBase& context);

// Where a call that a service serves comes from: `ipv4:10.0.0.1:4711`, or as
// gRPC writes it where there is no TLS.
std::string PeerAddressOf(const grpc::ServerContextBase& context);

struct GrpcSecurity {
  // The server's certificate and key, and the authorities of its clients; asked
  // at each handshake, so that connections which stand go on.
  std::shared_ptr<const tls::IdentityWatch> identity;
  // Whether a peer without a certificate gets as far as a call.
  tls::ClientCertificate client_certificate = tls::ClientCertificate::kRequired;
  // Lets a call pass, or refuses it with what the caller is told. Called from
  // any thread, several at once; must not block.
  std::function<absl::Status(const GrpcCall&)> authorize;
};

// For connections that come through a TlsFront, which says whose they are.
std::shared_ptr<grpc::ServerCredentials> MakeServerCredentials(
    std::function<absl::Status(const GrpcCall&)> authorize);

}  // namespace weir::net

#endif  // WEIR_COMMON_NET_GRPC_SECURITY_H_
