#include "common/ops/log.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/testing/status_matchers.h"

namespace weir::ops {
namespace {

using ::testing::HasSubstr;
using testing::IsOk;
using ::testing::MatchesRegex;
using ::testing::Not;
using testing::StatusIs;
using ::testing::internal::CaptureStderr;
using ::testing::internal::GetCapturedStderr;

TEST(LogTest, UnknownLevelIsRefusedByName) {
  EXPECT_THAT(SetUpLogging("weir-test", "loud"),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("loud")));
}

TEST(LogTest, LineHasTimeLevelBinaryAndMessage) {
  CaptureStderr();
  ASSERT_THAT(SetUpLogging("weir-test", "info"), IsOk());
  spdlog::info("listens on {}", "127.0.0.1:80");
  FlushLog();
  EXPECT_THAT(GetCapturedStderr(),
              MatchesRegex("[0-9]+-[0-9]+-[0-9]+T[0-9:]+\\.[0-9]+Z info "
                           "weir-test: listens on 127\\.0\\.0\\.1:80\n"));
}

TEST(LogTest, LevelIsAThreshold) {
  CaptureStderr();
  ASSERT_THAT(SetUpLogging("weir-test", "warning"), IsOk());
  spdlog::info("hidden");
  spdlog::warn("shown");
  FlushLog();
  const std::string lines = GetCapturedStderr();
  EXPECT_THAT(lines, HasSubstr("shown"));
  EXPECT_THAT(lines, Not(HasSubstr("hidden")));
}

TEST(LogTest, MessageCannotForgeALine) {
  CaptureStderr();
  ASSERT_THAT(SetUpLogging("weir-test", "info"), IsOk());
  spdlog::info("path {}", "/x\r\n2026-01-01 error\x1b[31m\x7f \xc3\xbc");
  FlushLog();
  EXPECT_THAT(
      GetCapturedStderr(),
      HasSubstr("path /x\\x0d\\x0a2026-01-01 error\\x1b[31m\\x7f \xc3\xbc\n"));
}

TEST(LogTest, FlushedLogStillTakesLines) {
  CaptureStderr();
  ASSERT_THAT(SetUpLogging("weir-test", "info"), IsOk());
  FlushLog();
  spdlog::info("a last\nword");
  spdlog::debug("hidden");
  const std::string lines = GetCapturedStderr();
  EXPECT_THAT(lines, HasSubstr("info weir-test: a last\\x0aword\n"));
  EXPECT_THAT(lines, Not(HasSubstr("hidden")));
}

TEST(LogTest, ThreadsShareIt) {
  CaptureStderr();
  ASSERT_THAT(SetUpLogging("weir-test", "info"), IsOk());
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([] {
      for (int n = 0; n < 100; ++n) spdlog::info("line");
    });
  }
  for (std::thread& thread : threads) thread.join();
  FlushLog();
  const std::string lines = GetCapturedStderr();
  EXPECT_EQ(std::count(lines.begin(), lines.end(), '\n'), 400);
}

}  // namespace
}  // namespace weir::ops
