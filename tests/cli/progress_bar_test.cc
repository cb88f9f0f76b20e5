#include "cli/progress_bar.h"

#include <sstream>
#include <string>

#include "gtest/gtest.h"
#include "tests/testing/fake_clock.h"

namespace weir::cli {
namespace {

TEST(ProgressTextTest, TheBarGrowsWithWhatHasEnded) {
  EXPECT_EQ(ProgressText({.ended = 40, .total = 100, .in_flight = 3}, 80),
            "[############..................]  40 of 100, 3 in flight, $0.00");
  EXPECT_EQ(ProgressText({.ended = 0, .total = 0}, 80),
            "[..............................]  0 of 0, 0 in flight, $0.00");
}

TEST(ProgressTextTest, ANarrowTerminalGetsItsBegin) {
  EXPECT_EQ(ProgressText({.ended = 1, .total = 1}, 10), "[########\u2026");
}

class ProgressBarTest : public ::testing::Test {
 protected:
  // What a bar leaves on stderr that was shown once.
  std::string ShownOn(Device device) {
    std::istringstream in;
    std::ostringstream out;
    std::ostringstream err;
    const testing::FakeClock clock;
    const Io io{.in = in,
                .out = out,
                .err = err,
                .in_device = Device::kPipe,
                .out_device = Device::kPipe,
                .err_device = device,
                .columns = [] { return 20; },
                .clock = clock};
    {
      ProgressBar bar(io);
      bar.Show({.ended = 1, .total = 2});
    }
    return err.str();
  }
};

TEST_F(ProgressBarTest, ItIsForTerminalsOnly) {
  EXPECT_EQ(ShownOn(Device::kPipe), "");
}

TEST_F(ProgressBarTest, ItWipesItsLine) {
  EXPECT_EQ(ShownOn(Device::kTerminal),
            "\r[###############..\u2026\x1b[K\r\x1b[K");
}

}  // namespace
}  // namespace weir::cli
