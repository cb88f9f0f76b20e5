// Promise: the control plane is never on the request path. When it is gone,
// nodes go on with what they last received, even through a restart.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <filesystem>
#include <string>

#include "tests/end_to_end/harness/eventually.h"
#include "tests/end_to_end/harness/fleet.h"

namespace weir::testing {
namespace {

using ::testing::HasSubstr;

constexpr int kRequests = 50;

class StaticStabilityTest : public ::testing::Test {
 protected:
  void SetUp() override {
    const absl::Status started = fleet_.Start();
    ASSERT_TRUE(started.ok()) << started;
  }

  void ExpectServes(int node) {
    for (int request = 0; request < kRequests; ++request) {
      const Answering answering =
          request % 2 == 0 ? Answering::kWhole : Answering::kStream;
      const absl::StatusOr<HttpAnswer> answer =
          PostJson(fleet_.Api(node), "/v1/chat/completions", fleet_.key(),
                   ChatBody("gpt-4.1", answering));
      ASSERT_TRUE(answer.ok()) << answer.status();
      ASSERT_EQ(answer->status, 200) << answer->body;
      ASSERT_EQ(answer->ending, HttpAnswer::Ending::kWhole);
      if (answering == Answering::kStream) {
        ASSERT_THAT(answer->body, HasSubstr("[DONE]"));
      }
    }
    std::printf("node %d: %d requests without a control plane, none failed\n",
                node + 1, kRequests);
  }

  bool Ready(int node) {
    const absl::StatusOr<HttpAnswer> answer =
        Get(fleet_.Api(node), "/health/full");
    return answer.ok() && answer->status == 200;
  }

  Fleet fleet_{{.nodes = 2}};
};

TEST_F(StaticStabilityTest, TrafficGoesOnWithoutAControlPlane) {
  fleet_.control_plane().Kill();
  ExpectServes(0);
  ExpectServes(1);
}

TEST_F(StaticStabilityTest, ANodeStartsFromItsSnapshotCache) {
  fleet_.control_plane().Kill();
  fleet_.node(0).Kill();
  const absl::Status restarted = fleet_.node(0).Start();
  ASSERT_TRUE(restarted.ok()) << restarted;
  ASSERT_TRUE(Eventually([this] { return Ready(0); }))
      << fleet_.node(0).LastLines();
  ExpectServes(0);
}

TEST_F(StaticStabilityTest, NodesFindAControlPlaneThatCameBack) {
  fleet_.control_plane().Kill();
  const absl::Status restarted = fleet_.control_plane().Start();
  ASSERT_TRUE(restarted.ok()) << restarted;
  EXPECT_TRUE(Eventually(
      [this] {
        const auto nodes = fleet_.CtlJson({"nodes"});
        return nodes.ok() && At(*nodes, "/nodes/0/connected") == "true" &&
               At(*nodes, "/nodes/1/connected") == "true";
      },
      absl::Seconds(30)))
      << fleet_.Logs();
  ExpectServes(0);
}

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
