// From what a client sends to who it is.
#ifndef WEIR_DATAPLANE_AUTHENTICATE_CLIENT_AUTH_H_
#define WEIR_DATAPLANE_AUTHENTICATE_CLIENT_AUTH_H_

#include <cstdint>
#include <memory>
#include <string_view>

#include "absl/time/time.h"
#include "common/config/secrets.h"
#include "dataplane/http1/head.h"
#include "dataplane/request.h"
#include "dataplane/snapshot.h"

namespace weir::dataplane {

// The key behind `Authorization: Bearer SECRET`, `x-api-key: SECRET`,
// `x-goog-api-key: SECRET` or `?key=SECRET`, as each dialect's clients send it;
// the first of these counts when there are several. 401 invalid_api_key, with
// the same words whether the key is unknown, malformed or missing; 401
// api_key_expired for one that was good until some time before `now`, which is
// the wall clock's.
//
// Secrets are found by their digest, and the whole digest is compared in
// constant time. Thread safety: may be called from any thread.
Outcome<const ClientEntry*> Authenticate(const http1::RequestHead& head,
                                         const RoutingConfig& config,
                                         absl::Time now);

// The same for one connection, whose requests nearly always come with the same
// key: hashing it each time would cost as much as scanning a small body.
//
// A head with the serial of the last one is not even compared. Keeps the key as
// long as the connection lives. Not thread-safe.
class RememberedClient {
 public:
  // The client belongs to `config`, which the caller keeps for the request.
  Outcome<const ClientEntry*> Authenticate(
      const http1::RequestHead& head,
      const std::shared_ptr<const RoutingConfig>& config, absl::Time now);

 private:
  // What `client_` was found with: values and the configuration.
  config::Secret authorization_;
  config::Secret api_key_;
  config::Secret goog_api_key_;
  config::Secret key_in_query_;
  // Weak: an idle connection must not keep an old configuration alive.
  std::weak_ptr<const RoutingConfig> config_;
  const ClientEntry* client_ = nullptr;
  // Of the head that it was found with last; 0: of none.
  std::uint64_t serial_ = 0;
  // From then on it must be looked at again.
  absl::Time good_until_;
};

}  // namespace weir::dataplane

#endif  // WEIR_DATAPLANE_AUTHENTICATE_CLIENT_AUTH_H_
