// What it takes to reach one provider.
#ifndef WEIR_COMMON_NET_DIAL_PLAN_H_
#define WEIR_COMMON_NET_DIAL_PLAN_H_

#include <memory>
#include <optional>
#include <string>

#include "common/net/forward_proxy.h"
#include "common/net/url.h"

// Declared here, because whoever only keeps a plan need not read all of Asio.
namespace boost::asio::ssl {
class context;  // NOLINT(readability-identifier-naming): Asio's name.
}  // namespace boost::asio::ssl

namespace weir::net {

// Immutable once built and shared by all workers.
struct DialPlan {
  Url url;
  // SNI and the name to verify; ignored for http.
  std::string tls_server_name;
  // Null for http.
  std::shared_ptr<boost::asio::ssl::context> tls_context;
  std::optional<ProxyAddress> proxy;
};

}  // namespace weir::net

#endif  // WEIR_COMMON_NET_DIAL_PLAN_H_
