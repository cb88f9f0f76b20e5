#include "dataplane/io/turn_clock.h"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <functional>

#include "absl/time/time.h"
#include "dataplane/io/reactor.h"
#include "gtest/gtest.h"
#include "tests/testing/fake_clock.h"

namespace weir::dataplane::io {
namespace {

constexpr absl::Duration kTime = absl::Milliseconds(7);

class TurnClockTest : public ::testing::Test {
 protected:
  // Calls `task` in one turn of the reactor.
  void InATurn(const std::function<void()>& task) {
    bool called = false;
    reactor_.Submit([&] {
      task();
      called = true;
    });
    while (!called) context_.run_one();
  }

  asio::io_context context_;
  asio::executor_work_guard<asio::io_context::executor_type> work_{
      context_.get_executor()};
  Reactor& reactor_ = asio::use_service<Reactor>(context_);
  testing::FakeClock clock_;
  const TurnClock turn_clock_{reactor_, clock_};
};

TEST_F(TurnClockTest, RoughHandsStandStillDuringATurn) {
  InATurn([&] {
    const absl::Time rough = turn_clock_.RoughNow();
    const absl::Time wall = turn_clock_.WallNow();
    EXPECT_EQ(rough, clock_.RoughNow());
    EXPECT_EQ(wall, clock_.WallNow());
    clock_.Advance(kTime);
    EXPECT_EQ(turn_clock_.RoughNow(), rough);
    EXPECT_EQ(turn_clock_.WallNow(), wall);
    EXPECT_EQ(turn_clock_.Now(), clock_.Now());
  });
}

TEST_F(TurnClockTest, EachTurnReadsThemAnew) {
  InATurn([&] { turn_clock_.RoughNow(); });
  for (int i = 0; i < 3; ++i) {
    clock_.Advance(kTime);
    InATurn([&] {
      EXPECT_EQ(turn_clock_.WallNow(), clock_.WallNow());
      EXPECT_EQ(turn_clock_.RoughNow(), clock_.RoughNow());
    });
  }
}

TEST_F(TurnClockTest, BetweenTurnsTheyAreTheClocks) {
  EXPECT_EQ(turn_clock_.RoughNow(), clock_.RoughNow());
  InATurn([&] { turn_clock_.RoughNow(); });
  for (int i = 0; i < 3; ++i) {
    clock_.Advance(kTime);
    EXPECT_EQ(turn_clock_.RoughNow(), clock_.RoughNow());
    EXPECT_EQ(turn_clock_.WallNow(), clock_.WallNow());
  }
}

}  // namespace
}  // namespace weir::dataplane::io
