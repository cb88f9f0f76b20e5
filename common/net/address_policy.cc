#include "common/net/address_policy.h"

#include <algorithm>
#include <array>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/address_v4.hpp>
#include <boost/asio/ip/address_v6.hpp>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"

namespace weir::net {
namespace {

using boost::asio::ip::address_v4;
using boost::asio::ip::address_v6;
using V6Bytes = address_v6::bytes_type;

struct V4Range {
  std::uint32_t network;
  int prefix_bits;
  std::string_view what;
};

constexpr V4Range kRefusedV4[] = {
    {0x00000000, 8, "means this host or network"},      // 0.0.0.0/8
    {0xa9fe0000, 16, "is link-local"},                  // 169.254.0.0/16
    {0x646464c8, 32, "is a cloud's metadata service"},  // 100.100.100.200
    {0xe0000000, 4, "is multicast"},                    // 224.0.0.0/4
    {0xffffffff, 32, "is broadcast"},                   // 255.255.255.255
};

struct V6Range {
  V6Bytes network;
  int prefix_bits;
  std::string_view what;
};

constexpr V6Range kRefusedV6[] = {
    {{}, 128, "is unspecified"},          // ::
    {{0xfe, 0x80}, 10, "is link-local"},  // fe80::/10
    {{0xff}, 8, "is multicast"},          // ff00::/8
    {{0xfd, 0x00, 0x0e, 0xc2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x02, 0x54},
     128,
     "is a cloud's metadata service"},  // fd00:ec2::254
};

// IPv6 addresses that carry an IPv4 one, and where in them it stands.
struct Embedding {
  V6Bytes network;
  int prefix_bits;
  std::size_t offset;
};

constexpr Embedding kEmbeddings[] = {
    {{}, 96, 12},                                          // ::a.b.c.d
    {{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff}, 96, 12},  // mapped
    {{0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff}, 96, 12},        // SIIT
    {{0x20, 0x02}, 16, 2},                                 // 6to4
    {{0x00, 0x64, 0xff, 0x9b}, 96, 12},                    // NAT64
    {{0x00, 0x64, 0xff, 0x9b, 0x00, 0x01}, 48, 12},        // RFC 8215
};

bool HasPrefix(const V6Bytes& bytes, const V6Bytes& network, int prefix_bits) {
  const auto whole = static_cast<std::size_t>(prefix_bits / 8);
  if (!std::equal(bytes.begin(), bytes.begin() + whole, network.begin())) {
    return false;
  }
  const int rest = prefix_bits % 8;
  if (rest == 0) return true;
  return ((bytes[whole] ^ network[whole]) >> (8 - rest)) == 0;
}

// Why `address` is refused; nullopt when it is fine.
std::optional<std::string_view> Refusal(const address_v4& address) {
  for (const V4Range& range : kRefusedV4) {
    const int host_bits = 32 - range.prefix_bits;
    if ((address.to_uint() ^ range.network) >> host_bits == 0) {
      return range.what;
    }
  }
  return std::nullopt;
}

std::optional<std::string_view> Refusal(const address_v6& address) {
  const V6Bytes bytes = address.to_bytes();
  for (const V6Range& range : kRefusedV6) {
    if (HasPrefix(bytes, range.network, range.prefix_bits)) return range.what;
  }
  if (address.is_loopback()) return std::nullopt;
  for (const Embedding& embedding : kEmbeddings) {
    if (!HasPrefix(bytes, embedding.network, embedding.prefix_bits)) continue;
    address_v4::bytes_type inner;
    std::copy_n(bytes.begin() + embedding.offset, inner.size(), inner.begin());
    return Refusal(address_v4(inner));
  }
  return std::nullopt;
}

}  // namespace

absl::Status CheckAddress(const boost::asio::ip::address& address) {
  const auto refusal =
      address.is_v4() ? Refusal(address.to_v4()) : Refusal(address.to_v6());
  if (!refusal) return absl::OkStatus();
  return absl::PermissionDeniedError("refuses to connect to " +
                                     address.to_string() + ": it " +
                                     std::string(*refusal));
}

}  // namespace weir::net
