// OpenSSL's contexts of ports.
#ifndef WEIR_COMMON_TLS_SERVER_CONTEXT_H_
#define WEIR_COMMON_TLS_SERVER_CONTEXT_H_

#include "absl/status/statusor.h"
#include "common/tls/identity.h"
#include "common/tls/openssl.h"

namespace weir::tls {

// For a port that speaks HTTP/1.1: TLS 1.2 and later, no renegotiation, ALPN
// `http/1.1` (a client that offers only other protocols is refused), sessions
// resumed by tickets. Clients are not asked for a certificate. INTERNAL when
// OpenSSL refuses.
//
// REQUIRES: `identity` has a certificate and a key.
absl::StatusOr<ContextPtr> MakeServerContext(const Identity& identity);

// Whether a peer without a certificate gets through the handshake.
enum class ClientCertificate { kRequired, kOptional };

// For a port that speaks gRPC, with connections that last and are idle nearly
// always: the ciphers that gRPC prefers, ALPN `h2`, no session is resumed, and
// buffers are given back when they are empty. A client that offers no protocol
// at all gets through the handshake (SSL_get0_alpn_selected says so).
//
// REQUIRES: `identity` has all three.
absl::StatusOr<ContextPtr> MakeGrpcContext(const Identity& identity,
                                           ClientCertificate wanted);

}  // namespace weir::tls

#endif  // WEIR_COMMON_TLS_SERVER_CONTEXT_H_
