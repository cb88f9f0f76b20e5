// Who may call a gRPC server: mutual TLS, and a decision on each call.
#ifndef WEIR_COMMON_NET_GRPC_SECURITY_H_
#define WEIR_COMMON_NET_GRPC_SECURITY_H_

#include <grpcpp/security/server_credentials.h>
#include <grpcpp/server_context.h>

#include <functional>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "common/tls/identity_watch.h"

namespace weir::net {

// A control plane that does not lead passes calls on with this header, whose
// value says for whom.
inline constexpr char kRelayedHeader[] = "weir-relayed";

// What a call comes with before any service sees it. Views are good until the
// decision has been made.
struct GrpcCall {
  // From the peer's certificate, which one of our authorities has signed.
  struct Certificate {
    // Empty: it has none.
    std::string_view common_name;
    // Of its subjectAltName.
    std::vector<std::string_view> uris;
  };

  // `/package.Service/Method`.
  std::string_view method;
  // Absent: the peer has shown none.
  std::optional<Certificate> certificate;
  // The header's value; empty: there is none.
  std::string_view authorization;
  // The value of kRelayedHeader; empty: there is none.
  std::string_view relayed_for = {};
};

// The same of a call that a service serves, as long as its context lives;
// without the method, which the service knows.
GrpcCall CallOf(const grpc::ServerContextBase& context);

struct GrpcSecurity {
  // Whether a peer without a certificate gets as far as a call.
  enum class ClientCertificate { kRequired, kOptional };

  // The server's certificate and key, and the authorities of its clients; asked
  // at each handshake, so that connections which stand go on.
  std::shared_ptr<const tls::IdentityWatch> identity;
  ClientCertificate client_certificate = ClientCertificate::kRequired;
  // Lets a call pass, or refuses it with what the caller is told. Called from
  // any thread, several at once; must not block.
  std::function<absl::Status(const GrpcCall&)> authorize;
};

// TLS 1.2 and later.
std::shared_ptr<grpc::ServerCredentials> MakeServerCredentials(
    GrpcSecurity security);

}  // namespace weir::net

#endif  // WEIR_COMMON_NET_GRPC_SECURITY_H_
