#include "cli/spinner.h"

#include <condition_variable>
#include <mutex>
#include <sstream>
#include <streambuf>
#include <string>

#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "tests/testing/fake_clock.h"

namespace weir::cli {
namespace {

// A stream that a test can wait on until something was flushed into it.
class WatchedBuffer : public std::stringbuf {
 public:
  void WaitForFlush() {
    std::unique_lock<std::mutex> lock(mutex_);
    flushed_.wait(lock, [this] { return flushes_ > 0; });
  }

 protected:
  int sync() override {
    std::lock_guard<std::mutex> lock(mutex_);
    ++flushes_;
    flushed_.notify_all();
    return 0;
  }

 private:
  std::mutex mutex_;
  std::condition_variable flushed_;
  int flushes_ = 0;
};

class SpinnerTest : public ::testing::Test {
 protected:
  Io MakeIo(Device err_device) {
    return {.in = in_,
            .out = out_,
            .err = err_,
            .in_device = Device::kPipe,
            .out_device = Device::kPipe,
            .err_device = err_device,
            .columns = [] { return 80; },
            .clock = clock_};
  }

  std::istringstream in_;
  std::ostringstream out_;
  WatchedBuffer buffer_;
  std::ostream err_{&buffer_};
  testing::FakeClock clock_;
};

TEST_F(SpinnerTest, TurnsUntilItEndsAndWipesItsLine) {
  const Io io = MakeIo(Device::kTerminal);
  {
    const Spinner spinner(io, "waiting", absl::ZeroDuration());
    buffer_.WaitForFlush();
  }
  EXPECT_TRUE(buffer_.str().starts_with("\r| waiting"));
  EXPECT_TRUE(buffer_.str().ends_with("\r\x1b[K"));
}

TEST_F(SpinnerTest, WhatIsQuickShowsNothing) {
  const Io io = MakeIo(Device::kTerminal);
  { const Spinner spinner(io, "waiting", absl::Hours(1)); }
  EXPECT_EQ(buffer_.str(), "");
}

TEST_F(SpinnerTest, APipeSeesNothing) {
  const Io io = MakeIo(Device::kPipe);
  { const Spinner spinner(io, "waiting", absl::ZeroDuration()); }
  EXPECT_EQ(buffer_.str(), "");
}

}  // namespace
}  // namespace weir::cli
