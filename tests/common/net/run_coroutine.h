// Coroutines in tests.
#ifndef WEIR_TESTS_COMMON_NET_RUN_COROUTINE_H_
#define WEIR_TESTS_COMMON_NET_RUN_COROUTINE_H_

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <exception>
#include <optional>
#include <stdexcept>
#include <utility>

namespace weir::testing {

inline void RunUntil(boost::asio::io_context& loop, const bool& ended) {
  while (!ended) {
    // Waiting with nothing to wait for would never end.
    if (loop.run_one() == 0) throw std::logic_error("the loop has no work");
  }
}

// Runs `loop` until `coroutine` has ended and gives its result; rethrows what
// it throws. Other work on the loop advances meanwhile and stays where it is.
template <typename T>
T RunCoroutine(boost::asio::io_context& loop,
               boost::asio::awaitable<T> coroutine) {
  std::optional<T> result;
  std::exception_ptr failure;
  bool ended = false;
  boost::asio::co_spawn(loop, std::move(coroutine),
                        [&](std::exception_ptr thrown, T value) {
                          failure = thrown;
                          result = std::move(value);
                          ended = true;
                        });
  loop.restart();
  RunUntil(loop, ended);
  if (failure) std::rethrow_exception(failure);
  return *std::move(result);
}

inline void RunCoroutine(boost::asio::io_context& loop,
                         boost::asio::awaitable<void> coroutine) {
  std::exception_ptr failure;
  bool ended = false;
  boost::asio::co_spawn(loop, std::move(coroutine),
                        [&](std::exception_ptr thrown) {
                          failure = thrown;
                          ended = true;
                        });
  loop.restart();
  RunUntil(loop, ended);
  if (failure) std::rethrow_exception(failure);
}

}  // namespace weir::testing

#endif  // WEIR_TESTS_COMMON_NET_RUN_COROUTINE_H_
