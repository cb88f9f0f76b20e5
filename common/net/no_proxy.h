// The NO_PROXY list.
#ifndef WEIR_COMMON_NET_NO_PROXY_H_
#define WEIR_COMMON_NET_NO_PROXY_H_

#include <string_view>

#include "common/net/url.h"

namespace weir::net {

// Whether `list` exempts `url` from the proxy. Entries are separated by commas
// or white space: `*` is everything; `example.com` or `.example.com` is that
// name and all below it, as curl has it; an IP address or a CIDR block matches
// literal addresses; `:port` at the end narrows an entry. Entries that are none
// of these match nothing. Pure.
bool NoProxyMatches(std::string_view list, const Url& url);

}  // namespace weir::net

#endif  // WEIR_COMMON_NET_NO_PROXY_H_
