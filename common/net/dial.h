// A connection to a provider: name resolution, address policy, TCP, forward
// proxy, TLS.
#ifndef WEIR_COMMON_NET_DIAL_H_
#define WEIR_COMMON_NET_DIAL_H_

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/net/dial_plan.h"
#include "common/net/tls.h"
#include "common/net/transport.h"

namespace weir::net {

// Connects within `limit` all told, on the executor of the calling coroutine.
//
// Every address that the name resolves to is held against CheckAddress() before
// it is connected to, and the checked address is the one that is used, so a
// name that changes its mind gains nothing. Addresses are tried in the order
// that the resolver gives, each but the last for half of the time left. With a
// proxy the proxy's own address is checked, and the peer's only where base_url
// holds a literal one.
//
// `plan` and `sessions` (null: full handshakes) outlive the call.
//
// DEADLINE_EXCEEDED: time ran out. UNAVAILABLE: refused, unreachable, name does
// not resolve, proxy said no. FAILED_PRECONDITION: TLS or its verification
// failed. PERMISSION_DENIED: address policy. RESOURCE_EXHAUSTED: this process
// has no descriptor or memory for it, which says nothing of the peer. Messages
// name host and step, never a secret.
asio::awaitable<absl::StatusOr<Transport>> Dial(const DialPlan& plan,
                                                absl::Duration limit,
                                                TlsSessionCache* sessions);

// The same without TLS, for callers who do that themselves: connected to the
// peer of `plan`, through its proxy where it has one. Never
// FAILED_PRECONDITION.
asio::awaitable<absl::StatusOr<asio::ip::tcp::socket>> DialTcp(
    const DialPlan& plan, absl::Duration limit);

}  // namespace weir::net

#endif  // WEIR_COMMON_NET_DIAL_H_
