// Promise: a node that has too little of the machine's memory says that it
// lives, and does not die of it.

#include <gtest/gtest.h>

#include <cstdint>
#include <memory>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "tests/end_to_end/harness/control_group.h"
#include "tests/end_to_end/harness/eventually.h"
#include "tests/end_to_end/harness/fleet.h"
#include "tests/end_to_end/harness/http_client.h"
#include "tests/end_to_end/harness/open_streams.h"

namespace weir::testing {
namespace {

// Outlives the fleet, whose node is in it.
class StarvedNodeTest : public ::testing::Test {
 protected:
  void Starve(std::uint64_t memory_bytes, FleetOptions options) {
    auto group = ControlGroup::Make(memory_bytes);
    if (absl::IsPermissionDenied(group.status()) ||
        absl::IsNotFound(group.status())) {
      GTEST_SKIP() << group.status();
    }
    ASSERT_TRUE(group.ok()) << group.status();
    group_ = *std::move(group);
    fleet_ = std::make_unique<Fleet>(std::move(options));
    const absl::Status started = fleet_->Start();
    ASSERT_TRUE(started.ok()) << started;
    const absl::Status added = group_->Add(fleet_->node(0).pid());
    ASSERT_TRUE(added.ok()) << added;
  }

  std::unique_ptr<ControlGroup> group_;
  std::unique_ptr<Fleet> fleet_;
};

TEST_F(StarvedNodeTest, OfMemoryItHoldsTwoThousandStreams) {
  constexpr int kStreams = 2000;
  constexpr std::uint64_t kMemory = std::uint64_t{256} << 20;
  Starve(kMemory,
         {.nodes = 1,
          .providers = 1,
          .timeouts = "{connect: 1s, fast: 5s, normal: 5s, complex: 5s}",
          .provider_flags = {"--latency", "5ms", "--tokens", "10000",
                             "--tokens-per-second", "5"}});
  if (IsSkipped() || HasFatalFailure()) return;
  OpenStreams streams;
  ASSERT_NO_FATAL_FAILURE(streams.Open(*fleet_, kStreams, 4096));
  EXPECT_TRUE(Eventually(
      [&] {
        return fleet_->SumMetric("weir_streams_in_flight") == kStreams ||
               !fleet_->node(0).running();
      },
      absl::Seconds(30)));
  ASSERT_TRUE(fleet_->node(0).running()) << "the kernel killed the node";
  const absl::StatusOr<HttpAnswer> alive = Get(fleet_->Api(), "/health");
  ASSERT_TRUE(alive.ok()) << alive.status();
  EXPECT_EQ(alive->status, 200);

  streams.Close();
  EXPECT_TRUE(Eventually(
      [&] { return fleet_->SumMetric("weir_streams_in_flight") == 0; }));
  const absl::StatusOr<HttpAnswer> models =
      Send(fleet_->Api(),
           {.target = "/v1/models",
            .headers = {{"authorization", "Bearer " + fleet_->key()}}});
  ASSERT_TRUE(models.ok()) << models.status();
  EXPECT_EQ(models->status, 200);
}

}  // namespace
}  // namespace weir::testing
