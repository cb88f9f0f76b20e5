// Listening sockets from host:port.
#ifndef WEIR_COMMON_NET_LISTEN_H_
#define WEIR_COMMON_NET_LISTEN_H_

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace weir::net {

// Whether other sockets of this process may listen on the same port, each
// getting its share of connections from the kernel.
enum class PortSharing { kExclusive, kShared };

// A listening socket on `host:port`; port 0 is the system's choice. A name is
// resolved here and now, so this is for start-up. INVALID_ARGUMENT: no such
// form or host. UNAVAILABLE: the address is taken or not this machine's.
absl::StatusOr<boost::asio::ip::tcp::acceptor> Listen(
    boost::asio::any_io_executor executor, std::string_view listen_address,
    PortSharing sharing = PortSharing::kExclusive);

// `host:port` where `acceptor` really listens.
std::string LocalAddress(const boost::asio::ip::tcp::acceptor& acceptor);

}  // namespace weir::net

#endif  // WEIR_COMMON_NET_LISTEN_H_
