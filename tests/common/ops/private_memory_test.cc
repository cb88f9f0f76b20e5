#include "common/ops/private_memory.h"

#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>

#include "gtest/gtest.h"

namespace weir::ops {
namespace {

// What a process that kept its memory private left behind when it was aborted.
int StatusOfAborted() {
  const pid_t child = fork();
  if (child == 0) {
    rlimit most{};
    getrlimit(RLIMIT_CORE, &most);
    most.rlim_cur = most.rlim_max;
    setrlimit(RLIMIT_CORE, &most);
    if (!KeepMemoryPrivate(CoreDumps::kNever).ok()) _exit(EXIT_FAILURE);
    std::signal(SIGABRT, SIG_DFL);
    std::abort();
  }
  int status = 0;
  waitpid(child, &status, 0);
  return status;
}

TEST(KeepMemoryPrivateTest, ACrashLeavesNoCore) {
  const int status = StatusOfAborted();
  ASSERT_TRUE(WIFSIGNALED(status)) << status;
  EXPECT_EQ(WTERMSIG(status), SIGABRT);
  EXPECT_FALSE(WCOREDUMP(status));
}

// In a process of its own, for there is no way back.
TEST(KeepMemoryPrivateDeathTest, NobodyMayTraceIt) {
  EXPECT_EXIT(
      {
        rlimit limit{};
        const bool is_kept = KeepMemoryPrivate(CoreDumps::kNever).ok() &&
                             prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) == 0 &&
                             getrlimit(RLIMIT_CORE, &limit) == 0 &&
                             limit.rlim_max == 0;
        _exit(is_kept ? EXIT_SUCCESS : EXIT_FAILURE);
      },
      ::testing::ExitedWithCode(EXIT_SUCCESS), "");
}

TEST(KeepMemoryPrivateDeathTest, WhoAsksForCoresGetsThem) {
  EXPECT_EXIT(
      {
        CLI::App app;
        CoreDumps dumps = CoreDumps::kNever;
        AddCoreDumps(app, dumps);
        app.parse("--core-dumps", false);
        const int before = prctl(PR_GET_DUMPABLE, 0, 0, 0, 0);
        const bool is_left = KeepMemoryPrivate(dumps).ok() && before == 1 &&
                             prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) == before;
        _exit(is_left ? EXIT_SUCCESS : EXIT_FAILURE);
      },
      ::testing::ExitedWithCode(EXIT_SUCCESS), "");
}

}  // namespace
}  // namespace weir::ops
