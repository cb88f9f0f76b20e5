#include "common/net/timeout.h"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <memory>
#include <stdexcept>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/net/task_group.h"
#include "common/net/transport.h"
#include "gtest/gtest.h"
#include "tests/common/net/run_coroutine.h"
#include "tests/testing/status_matchers.h"

namespace weir::net {
namespace {

using testing::IsOk;
using testing::IsOkAndHolds;
using testing::RunCoroutine;
using testing::StatusIs;

constexpr absl::Duration kTimeoutPlenty = absl::Seconds(30);
constexpr absl::Duration kTimeoutShort = absl::Milliseconds(5);

asio::awaitable<absl::StatusOr<int>> Give(absl::StatusOr<int> result) {
  co_return result;
}

// Sets `ended` when its frame goes.
asio::awaitable<absl::Status> Never(bool& ended) {
  struct AtEnd {
    bool& flag;
    ~AtEnd() { flag = true; }
  } at_end{ended};
  asio::steady_timer timer(co_await asio::this_coro::executor,
                           asio::steady_timer::time_point::max());
  co_await timer.async_wait(kUseTuple);
  co_return absl::CancelledError();
}

class TimeoutTest : public ::testing::Test {
 protected:
  asio::io_context loop_;
};

TEST_F(TimeoutTest, PassesTheResultOn) {
  EXPECT_THAT(RunCoroutine(loop_, WithTimeout(Give(7), kTimeoutPlenty)),
              IsOkAndHolds(7));
  EXPECT_THAT(RunCoroutine(loop_, WithTimeout(Give(absl::NotFoundError("x")),
                                              kTimeoutPlenty)),
              StatusIs(absl::StatusCode::kNotFound, "x"));
}

TEST_F(TimeoutTest, MoveOnlyResultsPass) {
  const auto give =
      []() -> asio::awaitable<absl::StatusOr<std::unique_ptr<int>>> {
    co_return std::make_unique<int>(7);
  };
  EXPECT_THAT(RunCoroutine(loop_, WithTimeout(give(), kTimeoutPlenty)), IsOk());
}

TEST_F(TimeoutTest, DefectsComeThroughAtOnce) {
  const auto fail = []() -> asio::awaitable<absl::Status> {
    throw std::runtime_error("a defect");
    co_return absl::OkStatus();
  };
  EXPECT_THROW(RunCoroutine(loop_, WithTimeout(fail(), absl::Hours(1))),
               std::runtime_error);
}

TEST_F(TimeoutTest, OperationHasEndedWhenTimeIsUp) {
  bool ended = false;
  EXPECT_THAT(RunCoroutine(loop_, WithTimeout(Never(ended), kTimeoutShort)),
              StatusIs(absl::StatusCode::kDeadlineExceeded));
  EXPECT_TRUE(ended);
}

TEST_F(TimeoutTest, NoTimeLeftIsTooLate) {
  bool ended = false;
  EXPECT_THAT(RunCoroutine(loop_, WithTimeout(Never(ended), -absl::Seconds(1))),
              StatusIs(absl::StatusCode::kDeadlineExceeded));
  EXPECT_TRUE(ended);
}

TEST_F(TimeoutTest, OwnerCanCancelBeforeThat) {
  bool ended = false;
  bool returned = false;
  TaskGroup owner(loop_.get_executor());
  owner.Spawn([](bool& e, bool& r) -> asio::awaitable<void> {
    const absl::Status status = co_await WithTimeout(Never(e), kTimeoutPlenty);
    r = status.ok();
  }(ended, returned));
  loop_.poll();
  EXPECT_FALSE(ended);
  owner.Cancel();
  RunCoroutine(loop_, owner.Wait());
  EXPECT_TRUE(ended);
  EXPECT_FALSE(returned);
}

}  // namespace
}  // namespace weir::net
