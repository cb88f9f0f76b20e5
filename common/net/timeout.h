// A deadline for any coroutine.
#ifndef WEIR_COMMON_NET_TIMEOUT_H_
#define WEIR_COMMON_NET_TIMEOUT_H_

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/experimental/cancellation_condition.hpp>
#include <boost/asio/experimental/parallel_group.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <exception>
#include <utility>

#include "absl/status/status.h"
#include "absl/time/time.h"

namespace weir::net {

// Runs `op` for at most `limit`. When time is up, `op` is cancelled and has
// ended before this returns, so `op` may refer to the caller's locals.
//
// `Result` is an absl::Status or a StatusOr: DEADLINE_EXCEEDED when time ran
// out. What `op` throws before that comes through. Starts a coroutine more;
// where a request's bytes flow, use the connection's own timer.
template <typename Result>
boost::asio::awaitable<Result> WithTimeout(boost::asio::awaitable<Result> op,
                                           absl::Duration limit) {
  namespace asio = boost::asio;
  const auto executor = co_await asio::this_coro::executor;
  asio::steady_timer timer(executor, absl::ToChronoNanoseconds(limit));
  // Not `op || timer`: that would sit out the limit after `op` has thrown.
  auto [order, thrown, result, timer_error] =
      co_await asio::experimental::make_parallel_group(
          asio::co_spawn(executor, std::move(op), asio::deferred),
          timer.async_wait(asio::deferred))
          .async_wait(asio::experimental::wait_for_one(), asio::use_awaitable);
  const bool time_is_up = order[0] == 1 && !timer_error;
  if (time_is_up) {
    co_return absl::DeadlineExceededError("no answer within " +
                                          absl::FormatDuration(limit));
  }
  if (thrown) std::rethrow_exception(thrown);
  co_return std::move(result);
}

}  // namespace weir::net

#endif  // WEIR_COMMON_NET_TIMEOUT_H_
