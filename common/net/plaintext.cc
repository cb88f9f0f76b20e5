#include "common/net/plaintext.h"

#include <boost/asio/ip/address.hpp>
#include <boost/system/error_code.hpp>
#include <string_view>

#include "absl/status/statusor.h"
#include "common/net/host_port.h"

namespace weir::net {

bool IsLoopback(std::string_view host_port) {
  if (const auto comma = host_port.find(','); comma != host_port.npos) {
    return IsLoopback(host_port.substr(0, comma)) &&
           IsLoopback(host_port.substr(comma + 1));
  }
  const absl::StatusOr<HostPort> parsed = ParseHostPort(host_port);
  if (!parsed.ok()) return false;
  if (parsed->host == "localhost") return true;
  boost::system::error_code not_an_address;
  const auto address =
      boost::asio::ip::make_address(parsed->host, not_an_address);
  return !not_an_address && address.is_loopback();
}

}  // namespace weir::net
