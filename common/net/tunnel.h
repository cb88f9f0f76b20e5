// A tunnel through a forward proxy, by CONNECT.
#ifndef WEIR_COMMON_NET_TUNNEL_H_
#define WEIR_COMMON_NET_TUNNEL_H_

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>

#include "absl/status/status.h"
#include "common/net/forward_proxy.h"
#include "common/net/url.h"

namespace weir::net {

// Asks `proxy`, to which `socket` is connected, for a tunnel to `target`; the
// bytes that follow on the socket are the target's. Has no deadline of its own.
// UNAVAILABLE: the proxy refused (with its status), hung up or sent garbage.
boost::asio::awaitable<absl::Status> OpenTunnel(
    boost::asio::ip::tcp::socket& socket, const ProxyAddress& proxy,
    const Url& target);

}  // namespace weir::net

#endif  // WEIR_COMMON_NET_TUNNEL_H_
