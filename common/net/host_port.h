// Host names and addresses as people write them, with a port or without.
#ifndef WEIR_COMMON_NET_HOST_PORT_H_
#define WEIR_COMMON_NET_HOST_PORT_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace weir::net {

struct HostPort {
  // As ParseHost() gives it.
  std::string host;
  std::uint16_t port;

  friend bool operator==(const HostPort&, const HostPort&) = default;
};

struct HostOptionalPort {
  std::string host;
  std::optional<std::uint16_t> port;
};

// A DNS name in lower case, an IPv4 address of four plain decimal numbers, or
// an IPv6 address between brackets (the result has none, in RFC 5952 form).
// INVALID_ARGUMENT for all else: spellings of addresses that resolvers read in
// their own ways (017.0.0.1, 0x7f.1, 2130706433), zones, escapes, a dot at the
// end.
absl::StatusOr<std::string> ParseHost(std::string_view text);

// `host:port`, the port from 0 to 65535 in plain decimal. The form of every
// listen address; port 0 is the system's choice.
absl::StatusOr<HostPort> ParseHostPort(std::string_view text);

// `host` or `host:port`, the port from 1: the authority of a URL.
absl::StatusOr<HostOptionalPort> ParseHostWithOptionalPort(
    std::string_view text);

// Whether both would listen on one port of an address: the same, or either is
// every address (0.0.0.0, ::). Not for port 0, which is never the same twice.
// False where one is no `host:port`. Pure.
bool WouldCollide(std::string_view one, std::string_view other);

// `host` with brackets round an IPv6 address.
std::string FormatHost(std::string_view host);
// `host:port`; what ParseHostPort() reads.
std::string FormatHostPort(const HostPort& address);

}  // namespace weir::net

#endif  // WEIR_COMMON_NET_HOST_PORT_H_
