// Promise: a key that is revoked is refused by every node within a second, and
// whoever revoked it is told when that is so.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <iostream>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "tests/end_to_end/harness/eventually.h"
#include "tests/end_to_end/harness/fleet.h"
#include "tests/end_to_end/harness/http_client.h"

namespace weir::testing {
namespace {

using ::testing::HasSubstr;

constexpr int kNodes = 20;

int StatusAt(Fleet& fleet, int node, const std::string& key) {
  const absl::StatusOr<HttpAnswer> answer =
      Send(fleet.Api(node), {.target = "/v1/models",
                             .headers = {{"authorization", "Bearer " + key}}});
  return answer.ok() ? answer->status : 0;
}

TEST(RevocationTest, ReachesTwentyNodesInASecond) {
  Fleet fleet({.nodes = kNodes, .providers = 1});
  const absl::Status started = fleet.Start();
  ASSERT_TRUE(started.ok()) << started;
  const auto created = fleet.CtlJson({"key", "create", "leaked"});
  ASSERT_TRUE(created.ok()) << created.status();
  const std::string secret = At(*created, "/secret");
  for (int node = 0; node < kNodes; ++node) {
    ASSERT_TRUE(Eventually([&] {
      return StatusAt(fleet, node, secret) == 200;
    })) << "node "
        << node;
  }

  const absl::Time begin = absl::Now();
  const absl::StatusOr<Finished> revoked =
      fleet.Ctl({"key", "revoke", "leaked", "--wait"});
  const absl::Duration took = absl::Now() - begin;
  ASSERT_TRUE(revoked.ok()) << revoked.status();
  EXPECT_EQ(revoked->exit_code, 0) << revoked->output;
  for (int node = 0; node < kNodes; ++node) {
    EXPECT_EQ(StatusAt(fleet, node, secret), 401) << "node " << node;
  }
  const absl::Duration refused_by_all = absl::Now() - begin;
  EXPECT_THAT(revoked->output, HasSubstr(absl::StrCat(kNodes, " of ", kNodes)));
  EXPECT_LT(refused_by_all, absl::Seconds(1));
  std::cout << kNodes << " nodes confirmed after " << took
            << ", and all were seen to refuse after " << refused_by_all << "\n"
            << revoked->output;
}

}  // namespace
}  // namespace weir::testing
