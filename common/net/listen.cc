#include "common/net/listen.h"

#include <sys/socket.h>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/socket_base.hpp>
#include <boost/system/error_code.hpp>
#include <cerrno>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/net/host_port.h"

namespace weir::net {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

std::string Describe(std::string_view listen_address, std::string_view why) {
  std::string message = "can't listen on ";
  message += listen_address;
  message += ": ";
  message += why;
  return message;
}

// Asio has no public name for this option.
error_code SharePort(tcp::acceptor& acceptor) {
  const int on = 1;
  if (setsockopt(acceptor.native_handle(), SOL_SOCKET, SO_REUSEPORT, &on,
                 sizeof(on)) == 0) {
    return {};
  }
  return {errno, boost::system::system_category()};
}

absl::StatusOr<tcp::endpoint> FindEndpoint(
    const asio::any_io_executor& executor, std::string_view listen_address) {
  const auto parsed = ParseHostPort(listen_address);
  if (!parsed.ok()) {
    return absl::InvalidArgumentError(
        Describe(listen_address, std::string(parsed.status().message())));
  }
  error_code error;
  const auto literal = asio::ip::make_address(parsed->host, error);
  if (!error) return tcp::endpoint(literal, parsed->port);
  tcp::resolver resolver(executor);
  const auto found =
      resolver.resolve(parsed->host, std::to_string(parsed->port),
                       tcp::resolver::passive, error);
  if (error) {
    return absl::InvalidArgumentError(
        Describe(listen_address, error.message()));
  }
  return found.begin()->endpoint();
}

}  // namespace

absl::StatusOr<tcp::acceptor> Listen(asio::any_io_executor executor,
                                     std::string_view listen_address,
                                     PortSharing sharing) {
  const auto endpoint = FindEndpoint(executor, listen_address);
  if (!endpoint.ok()) return endpoint.status();
  tcp::acceptor acceptor(std::move(executor));
  error_code error;
  acceptor.open(endpoint->protocol(), error);
  if (!error) acceptor.set_option(tcp::acceptor::reuse_address(true), error);
  if (!error && sharing == PortSharing::kShared) {
    error = SharePort(acceptor);
  }
  if (!error) acceptor.bind(*endpoint, error);
  if (!error) acceptor.listen(asio::socket_base::max_listen_connections, error);
  if (error) {
    return absl::UnavailableError(Describe(listen_address, error.message()));
  }
  return acceptor;
}

std::string LocalAddress(const tcp::acceptor& acceptor) {
  error_code ignored;
  const tcp::endpoint endpoint = acceptor.local_endpoint(ignored);
  return FormatHostPort({endpoint.address().to_string(), endpoint.port()});
}

}  // namespace weir::net
