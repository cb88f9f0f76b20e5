#include "common/net/resolve.h"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/system/error_code.hpp>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/net/transport.h"

namespace weir::net {
namespace {

using asio::ip::tcp;
using boost::system::error_code;

// Shared by the one who waits and the resolver, which may take longer.
struct Lookup {
  explicit Lookup(const asio::any_io_executor& executor)
      : resolver(executor),
        done(executor, asio::steady_timer::time_point::max()) {}

  tcp::resolver resolver;
  // Never expires; cancelled when the answer is there.
  asio::steady_timer done;
  bool answered = false;
  error_code error;
  std::vector<tcp::endpoint> endpoints;
};

}  // namespace

asio::awaitable<absl::StatusOr<std::vector<tcp::endpoint>>> Resolve(
    std::string host, std::uint16_t port) {
  error_code not_literal;
  const auto literal = asio::ip::make_address(host, not_literal);
  if (!not_literal) co_return std::vector{tcp::endpoint(literal, port)};

  const auto lookup =
      std::make_shared<Lookup>(co_await asio::this_coro::executor);
  lookup->resolver.async_resolve(
      host, std::to_string(port), tcp::resolver::numeric_service,
      [lookup](const error_code& error, tcp::resolver::results_type found) {
        lookup->answered = true;
        lookup->error = error;
        for (const auto& entry : found) {
          lookup->endpoints.push_back(entry.endpoint());
        }
        lookup->done.cancel();
      });
  co_await lookup->done.async_wait(kUseTuple);
  if (!lookup->answered) co_return absl::CancelledError("look-up given up");
  if (lookup->error) co_return absl::UnavailableError(lookup->error.message());
  co_return std::move(lookup->endpoints);
}

}  // namespace weir::net
