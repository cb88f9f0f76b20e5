// An event loop whose time a test makes pass.
#ifndef WEIR_TESTS_DATAPLANE_PEERS_TEST_LOOP_H_
#define WEIR_TESTS_DATAPLANE_PEERS_TEST_LOOP_H_

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/address_v4.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <chrono>
#include <exception>
#include <memory>
#include <stdexcept>
#include <utility>

#include "absl/time/time.h"
#include "dataplane/io/task.h"
#include "dataplane/io/timer_wheel.h"
#include "tests/common/net/run_coroutine.h"
#include "tests/testing/fake_clock.h"

namespace weir::testing {

// Asio wants results that can be made from nothing.
template <typename T>
boost::asio::awaitable<std::shared_ptr<T>> Boxed(
    boost::asio::awaitable<T> coroutine) {
  T value = co_await std::move(coroutine);
  co_return std::make_shared<T>(std::move(value));
}

// Everything happens on the test's own thread.
struct TestLoop {
  boost::asio::io_context context;
  // Streams wait without Asio's knowing.
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work{
      context.get_executor()};
  FakeClock clock;
  dataplane::io::TimerWheel wheel{context, clock};

  template <typename T>
  T Run(boost::asio::awaitable<T> coroutine) {
    return std::move(*RunCoroutine(context, Boxed(std::move(coroutine))));
  }
  template <typename T>
  T Run(dataplane::io::Task<T> task) {
    RunUntil([&task] { return task.ended(); });
    return task.Result();
  }

  // Only a test that fails waits so long for one event.
  static constexpr std::chrono::seconds kPatience{10};

  // Handles events until `done()`.
  template <typename Done>
  void RunUntil(Done done) {
    context.restart();
    while (!done()) {
      if (context.run_one_for(kPatience) == 0) {
        throw std::logic_error("waited in vain");
      }
    }
  }

  // Handles what is there to be handled.
  void Settle() {
    context.restart();
    while (context.poll() > 0) {
    }
  }

  // Lets `by` pass, and every deadline in it be noticed.
  void Pass(absl::Duration by) {
    bool noticed = false;
    dataplane::io::TimerWheel::Timer last(
        wheel, [](void* flag) { *static_cast<bool*>(flag) = true; }, &noticed);
    last.Set(clock.Now() + by);
    // A deadline is noticed one tick late.
    clock.Advance(by + absl::Milliseconds(25));
    RunUntil([&noticed] { return noticed; });
  }
};

// A coroutine that runs beside the test; it has come to its first wait when
// this has been made.
template <typename T>
class Started {
 public:
  Started(TestLoop& loop, dataplane::io::Task<T> task)
      : loop_(loop), task_(std::move(task)) {
    loop.Settle();
  }
  Started(const Started&) = delete;
  Started& operator=(const Started&) = delete;

  bool ended() const { return task_.ended(); }
  // Runs the loop until it has ended.
  T Result() {
    loop_.RunUntil([this] { return ended(); });
    return task_.Result();
  }

 private:
  TestLoop& loop_;
  dataplane::io::Task<T> task_;
};

// The same for a coroutine of Asio's.
template <typename T>
class StartedPeer {
 public:
  StartedPeer(TestLoop& loop, boost::asio::awaitable<T> coroutine)
      : loop_(loop) {
    boost::asio::co_spawn(
        loop.context, Boxed(std::move(coroutine)),
        [this](std::exception_ptr thrown, std::shared_ptr<T> value) {
          if (thrown) std::rethrow_exception(thrown);
          result_ = std::move(value);
        });
    loop.Settle();
  }
  StartedPeer(const StartedPeer&) = delete;
  StartedPeer& operator=(const StartedPeer&) = delete;

  // Runs the loop until it has ended.
  T Result() {
    loop_.RunUntil([this] { return result_ != nullptr; });
    return std::move(*result_);
  }

 private:
  TestLoop& loop_;
  std::shared_ptr<T> result_;
};

// A task that awaits `operation` of a stream.
template <typename Operation>
auto AsTask(Operation operation)
    -> dataplane::io::Task<decltype(operation.await_resume())> {
  co_return co_await operation;
}

// Two ends of a TCP connection.
struct SocketPair {
  explicit SocketPair(boost::asio::io_context& context)
      : ours(context), theirs(context) {
    using boost::asio::ip::tcp;
    tcp::acceptor acceptor(context,
                           {boost::asio::ip::address_v4::loopback(), 0});
    theirs.connect(acceptor.local_endpoint());
    acceptor.accept(ours);
    theirs.set_option(tcp::no_delay(true));
  }

  boost::asio::ip::tcp::socket ours;
  boost::asio::ip::tcp::socket theirs;
};

}  // namespace weir::testing

#endif  // WEIR_TESTS_DATAPLANE_PEERS_TEST_LOOP_H_
