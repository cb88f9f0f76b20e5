// Through which forward proxy, if any, a provider is reached.
#ifndef WEIR_COMMON_NET_FORWARD_PROXY_H_
#define WEIR_COMMON_NET_FORWARD_PROXY_H_

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "common/config/secrets.h"
#include "common/net/url.h"

namespace weir::net {

struct ProxyAddress {
  std::string host;
  std::uint16_t port;
  // `user:password`, for Proxy-Authorization: Basic; empty for none.
  config::Secret credentials;
};

// An environment variable's value; nullopt where it is not set.
using Environment =
    std::function<std::optional<std::string>(const std::string& name)>;

// The process's own.
Environment ProcessEnvironment();

// `http://[user:password@]host[:port]`, user and password percent-encoded where
// needed; port 80 by default. INVALID_ARGUMENT for all else; the message quotes
// no part of the credentials.
absl::StatusOr<ProxyAddress> ParseProxyUrl(std::string_view text);

// The proxy for `url`. `configured` is the provider's own setting: a proxy's
// URL, `direct`, or empty. When empty, https URLs follow HTTPS_PROXY and
// NO_PROXY (or their lower-case twins, which win) and http ones go direct.
// nullopt means direct. Pure but for `environment`.
absl::StatusOr<std::optional<ProxyAddress>> ChooseProxy(
    const Url& url, std::string_view configured,
    const Environment& environment);

}  // namespace weir::net

#endif  // WEIR_COMMON_NET_FORWARD_PROXY_H_
