// From what a client sends to who it is.
#ifndef WEIR_DATAPLANE_AUTHENTICATE_CLIENT_AUTH_H_
#define WEIR_DATAPLANE_AUTHENTICATE_CLIENT_AUTH_H_

#include <string_view>

#include "dataplane/http1/head.h"
#include "dataplane/request.h"
#include "dataplane/snapshot.h"

namespace weir::dataplane {

// The SHA-256 of `secret`.
Sha256 DigestOf(std::string_view secret);

// The key behind `Authorization: Bearer SECRET` or `x-api-key: SECRET`; the
// first counts when both are there. 401 invalid_api_key, with the same words
// whether the key is unknown, malformed or missing.
//
// Secrets are found by their digest, and the whole digest is compared in
// constant time. Thread safety: may be called from any thread.
Outcome<const ClientEntry*> Authenticate(const http1::RequestHead& head,
                                         const RoutingConfig& config);

}  // namespace weir::dataplane

#endif  // WEIR_DATAPLANE_AUTHENTICATE_CLIENT_AUTH_H_
