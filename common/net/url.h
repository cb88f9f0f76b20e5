// A provider's base URL, in parts.
#ifndef WEIR_COMMON_NET_URL_H_
#define WEIR_COMMON_NET_URL_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace weir::net {

enum class Scheme { kHttp, kHttps };

struct Url {
  Scheme scheme;
  // Lower case; an IPv6 address without its brackets.
  std::string host;
  std::uint16_t port;
  // Begins with a slash and does not end with one; empty for the root.
  std::string path;

  // As in a Host header: brackets round IPv6, the port where it is not the
  // scheme's own.
  std::string HostHeader() const;

  friend bool operator==(const Url&, const Url&) = default;
};

// http:// or https://, host, optional port, optional path. INVALID_ARGUMENT for
// everything else: user info, query, fragment, encoded or odd spellings of IP
// addresses (017.0.0.1, 0x7f.1, 2130706433), control characters, `..`.
absl::StatusOr<Url> ParseUrl(std::string_view text);

}  // namespace weir::net

#endif  // WEIR_COMMON_NET_URL_H_
