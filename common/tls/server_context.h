// OpenSSL's context of a port that speaks HTTP/1.1.
#ifndef WEIR_COMMON_TLS_SERVER_CONTEXT_H_
#define WEIR_COMMON_TLS_SERVER_CONTEXT_H_

#include "absl/status/statusor.h"
#include "common/tls/identity.h"
#include "common/tls/openssl.h"

namespace weir::tls {

// TLS 1.2 and later, no renegotiation, ALPN `http/1.1` (a client that offers
// only other protocols is refused), sessions resumed by tickets. Clients are
// not asked for a certificate. INTERNAL when OpenSSL refuses.
//
// REQUIRES: `identity` has a certificate and a key.
absl::StatusOr<ContextPtr> MakeServerContext(const Identity& identity);

}  // namespace weir::tls

#endif  // WEIR_COMMON_TLS_SERVER_CONTEXT_H_
