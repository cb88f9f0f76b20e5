// Host names to addresses.
#ifndef WEIR_COMMON_NET_RESOLVE_H_
#define WEIR_COMMON_NET_RESOLVE_H_

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace weir::net {

// All addresses of `host`, in the system resolver's order; a literal address is
// itself. Can be cancelled at any time, although getaddrinfo() can't: it then
// ends by itself in Asio's resolver thread, where later look-ups of the same
// loop wait for it. UNAVAILABLE: no such name, or no answer.
boost::asio::awaitable<
    absl::StatusOr<std::vector<boost::asio::ip::tcp::endpoint>>>
Resolve(std::string host, std::uint16_t port);

}  // namespace weir::net

#endif  // WEIR_COMMON_NET_RESOLVE_H_
