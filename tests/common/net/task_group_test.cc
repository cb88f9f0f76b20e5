#include "common/net/task_group.h"

#include <atomic>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <memory>
#include <stdexcept>
#include <thread>
#include <utility>

#include "common/net/transport.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/common/net/run_coroutine.h"

namespace weir::net {
namespace {

using testing::RunCoroutine;

// Waits for ever, by code, and once more after that; sets `ended` on its way
// out, however it goes.
asio::awaitable<void> WaitForever(std::atomic<int>& started,
                                  std::atomic<int>& ended) {
  struct AtEnd {
    std::atomic<int>& counter;
    ~AtEnd() { ++counter; }
  } at_end{ended};
  ++started;
  asio::steady_timer timer(co_await asio::this_coro::executor,
                           asio::steady_timer::time_point::max());
  for (;;) co_await timer.async_wait(kUseTuple);
}

asio::awaitable<void> CountOnce(int& counter) {
  ++counter;
  co_return;
}

asio::awaitable<void> Fail() {
  throw std::runtime_error("a defect");
  co_return;
}

class TaskGroupTest : public ::testing::Test {
 protected:
  asio::io_context loop_;
  std::atomic<int> started_ = 0;
  std::atomic<int> ended_ = 0;
};

TEST_F(TaskGroupTest, EmptyGroupNeedsNoWaiting) {
  TaskGroup group(loop_.get_executor());
  RunCoroutine(loop_, group.Wait());
  EXPECT_EQ(group.size(), 0u);
}

TEST_F(TaskGroupTest, WaitsForTasksThatEndByThemselves) {
  int counter = 0;
  TaskGroup group(loop_.get_executor());
  for (int i = 0; i < 3; ++i) group.Spawn(CountOnce(counter));
  EXPECT_EQ(group.size(), 3u);
  RunCoroutine(loop_, group.Wait());
  EXPECT_EQ(counter, 3);
  EXPECT_EQ(group.size(), 0u);
}

TEST_F(TaskGroupTest, CancelEndsTasksThatWait) {
  TaskGroup group(loop_.get_executor());
  for (int i = 0; i < 3; ++i) group.Spawn(WaitForever(started_, ended_));
  loop_.poll();
  EXPECT_EQ(started_, 3);
  EXPECT_EQ(ended_, 0);
  group.Cancel();
  RunCoroutine(loop_, group.Wait());
  EXPECT_EQ(ended_, 3);
}

TEST_F(TaskGroupTest, CancelledTaskThatHasNotStartedNeverStarts) {
  int counter = 0;
  TaskGroup group(loop_.get_executor());
  group.Spawn(CountOnce(counter));
  group.Cancel();
  group.Spawn(CountOnce(counter));
  RunCoroutine(loop_, group.Wait());
  EXPECT_EQ(counter, 0);
}

TEST_F(TaskGroupTest, DestructionCancels) {
  {
    TaskGroup group(loop_.get_executor());
    group.Spawn(WaitForever(started_, ended_));
    loop_.poll();
    EXPECT_EQ(started_, 1);
  }
  loop_.restart();
  loop_.run();  // Returns, since nothing waits any more.
  EXPECT_EQ(ended_, 1);
}

TEST_F(TaskGroupTest, LoopMayEndBeforeTheTasks) {
  auto loop = std::make_unique<asio::io_context>();
  {
    TaskGroup group(loop->get_executor());
    group.Spawn(WaitForever(started_, ended_));
    group.Spawn(WaitForever(started_, ended_));
    loop->poll();
    EXPECT_EQ(started_, 2);
  }
  loop.reset();
  EXPECT_EQ(ended_, 2);
}

TEST_F(TaskGroupTest, DefectComesOutOfTheLoopAndTheGroupGoesOn) {
  int counter = 0;
  TaskGroup group(loop_.get_executor());
  group.Spawn(Fail());
  group.Spawn(CountOnce(counter));
  EXPECT_THROW(loop_.run(), std::runtime_error);
  RunCoroutine(loop_, group.Wait());
  EXPECT_EQ(counter, 1);
  EXPECT_EQ(group.size(), 0u);
}

TEST_F(TaskGroupTest, TasksMayStartOthers) {
  int counter = 0;
  TaskGroup group(loop_.get_executor());
  group.Spawn([](TaskGroup& g, int& c) -> asio::awaitable<void> {
    g.Spawn(CountOnce(c));
    co_return;
  }(group, counter));
  RunCoroutine(loop_, group.Wait());
  EXPECT_EQ(counter, 1);
}

TEST_F(TaskGroupTest, AnotherThreadCanStopIt) {
  auto work = asio::make_work_guard(loop_);
  std::thread thread([this] { loop_.run(); });
  TaskGroup group(loop_.get_executor());
  asio::post(loop_, [&] {
    for (int i = 0; i < 100; ++i) group.Spawn(WaitForever(started_, ended_));
  });
  group.CancelAndBlock();
  EXPECT_EQ(started_, ended_);
  work.reset();
  thread.join();
  EXPECT_EQ(group.size(), 0u);
}

}  // namespace
}  // namespace weir::net
