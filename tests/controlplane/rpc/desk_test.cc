#include "controlplane/rpc/desk.h"

#include <chrono>
#include <future>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/testing/status_matchers.h"

namespace weir::controlplane {
namespace {

using absl::StatusCode;
using ::weir::testing::IsOk;
using ::weir::testing::StatusIs;

// A desk with room for one more while somebody sits there.
class DeskTest : public ::testing::Test {
 protected:
  // Returns once the task is under way.
  void Occupy() {
    std::promise<void> begun;
    desk_.Do([this, &begun](const absl::Status& turn) {
      EXPECT_THAT(turn, IsOk());
      begun.set_value();
      let_go_.get_future().wait();
    });
    begun.get_future().wait();
  }

  std::promise<void> let_go_;
  Desk desk_{1};
};

TEST_F(DeskTest, DoesOneAfterTheOther) {
  Occupy();
  std::promise<absl::Status> second;
  desk_.Do([&](const absl::Status& turn) { second.set_value(turn); });
  std::future<absl::Status> done = second.get_future();
  EXPECT_NE(done.wait_for(std::chrono::seconds(0)), std::future_status::ready);
  let_go_.set_value();
  EXPECT_THAT(done.get(), IsOk());
}

TEST_F(DeskTest, RefusesAtOnceWhatHasNoRoom) {
  Occupy();
  desk_.Do([](const absl::Status&) {});
  absl::Status refused;
  desk_.Do([&](const absl::Status& turn) { refused = turn; });
  EXPECT_THAT(refused, StatusIs(StatusCode::kResourceExhausted));
  let_go_.set_value();
}

TEST_F(DeskTest, StopEndsWhatWaitsAndWhatComes) {
  Occupy();
  std::vector<absl::Status> refused;
  desk_.Do([&](const absl::Status& turn) {
    refused.push_back(turn);
    let_go_.set_value();  // Stop() has told who waits before it waits itself.
  });
  desk_.Stop();
  desk_.Do([&](const absl::Status& turn) { refused.push_back(turn); });
  for (const absl::Status& each : refused) {
    EXPECT_THAT(each, StatusIs(StatusCode::kUnavailable));
  }
  EXPECT_EQ(refused.size(), 2U);
}

}  // namespace
}  // namespace weir::controlplane
