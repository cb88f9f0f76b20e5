#include "common/make_way.h"

#include <sched.h>
#include <sys/resource.h>

#include <thread>

#include "absl/status/status.h"
#include "gtest/gtest.h"

namespace weir {
namespace {

int Niceness() { return getpriority(PRIO_PROCESS, 0); }

TEST(MakeWayTest, AThreadAndThoseItBeginsMakeWayAndNobodyElse) {
  const int before = Niceness();
  absl::Status status;
  int own = before;
  int begun = before;
  int policy = SCHED_OTHER;
  std::thread([&] {
    status = MakeWay();
    own = Niceness();
    policy = sched_getscheduler(0);
    std::thread([&] { begun = Niceness(); }).join();
  }).join();
  ASSERT_TRUE(status.ok()) << status;
  EXPECT_GT(own, before);
  EXPECT_EQ(begun, own);
  EXPECT_EQ(policy, SCHED_BATCH);
  EXPECT_EQ(Niceness(), before);
}

TEST(MakeWayTest, ShortTurnsAreNoHigherPriority) {
  int own = Niceness();
  const int before = own;
  absl::Status status;
  std::thread([&] {
    status = TakeShortTurns();
    own = Niceness();
  }).join();
  ASSERT_TRUE(status.ok()) << status;
  EXPECT_EQ(own, before);
}

}  // namespace
}  // namespace weir
