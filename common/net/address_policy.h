// Which addresses weir connects to.
#ifndef WEIR_COMMON_NET_ADDRESS_POLICY_H_
#define WEIR_COMMON_NET_ADDRESS_POLICY_H_

#include <boost/asio/ip/address.hpp>

#include "absl/status/status.h"

namespace weir::net {

// PERMISSION_DENIED for addresses that no provider has and that give secrets
// away when something makes weir ask there: link-local ones, with the cloud
// metadata service among them, metadata services elsewhere, unspecified,
// multicast, broadcast, and IPv6 forms (mapped, 6to4, NAT64) of all these.
// Loopback and private addresses are fine: relays live there. Pure.
absl::Status CheckAddress(const boost::asio::ip::address& address);

}  // namespace weir::net

#endif  // WEIR_COMMON_NET_ADDRESS_POLICY_H_
