// Promise: a node that never had a word of the control plane says so. What
// those do that had one is in failure/.

#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "tests/end_to_end/harness/eventually.h"
#include "tests/end_to_end/harness/fleet.h"

namespace weir::testing {
namespace {

class StaticStabilityTest : public ::testing::Test {
 protected:
  void SetUp() override {
    const absl::Status started = fleet_.Start();
    ASSERT_TRUE(started.ok()) << started;
  }

  bool Ready(int node) {
    const absl::StatusOr<HttpAnswer> answer =
        Get(fleet_.Api(node), "/health/full");
    return answer.ok() && answer->status == 200;
  }

  Fleet fleet_{{.nodes = 2}};
};

// One without a snapshot lives, but is not ready.
TEST_F(StaticStabilityTest, ANodeWithoutASnapshotIsAliveAndNotReady) {
  fleet_.control_plane().Kill();
  fleet_.node(0).Kill();
  // The cache and the generation before it.
  for (const auto& entry :
       std::filesystem::directory_iterator(fleet_.folder())) {
    if (entry.path().filename().string().starts_with("node-1.snapshot")) {
      std::filesystem::remove(entry);
    }
  }
  const absl::Status restarted = fleet_.node(0).Start();
  ASSERT_TRUE(restarted.ok()) << restarted;
  const absl::StatusOr<HttpAnswer> alive = Get(fleet_.Api(0), "/health");
  ASSERT_TRUE(alive.ok()) << alive.status();
  EXPECT_EQ(alive->status, 200);
  EXPECT_FALSE(Ready(0));
  const absl::StatusOr<HttpAnswer> answer = PostJson(
      fleet_.Api(0), "/v1/chat/completions", fleet_.key(), ChatBody("gpt-4.1"));
  ASSERT_TRUE(answer.ok()) << answer.status();
  EXPECT_EQ(answer->status, 503) << answer->body;
}

}  // namespace
}  // namespace weir::testing
