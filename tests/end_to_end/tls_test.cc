// Promise: both planes and weirctl speak mutual TLS with the certificates that
// `weirctl certs init` makes, and roles hold. What rotating them under load
// costs is in failure/.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "tests/end_to_end/harness/eventually.h"
#include "tests/end_to_end/harness/fleet.h"
#include "tests/end_to_end/harness/live_certificates.h"
#include "tests/end_to_end/harness/process.h"
#include "tests/testing/postgres_server.h"

namespace weir::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

class TlsTest : public ::testing::Test {
 protected:
  std::vector<std::string> CtlFlags(const std::string& role) const {
    return certificates_.CtlFlags(role);
  }

  const LiveCertificates certificates_;
};

TEST_F(TlsTest, RolesHold) {
  Fleet fleet(certificates_.Options());
  const absl::Status started = fleet.Start();
  ASSERT_TRUE(started.ok()) << started << fleet.Logs();

  EXPECT_EQ(CtlAs(fleet, CtlFlags("viewer"), {"status"}).exit_code, 0);
  const Finished change =
      CtlAs(fleet, CtlFlags("viewer"), {"provider", "drain", "p1"});
  EXPECT_EQ(change.exit_code, 1);
  EXPECT_THAT(change.output,
              AllOf(HasSubstr("viewer"), HasSubstr("needs operator")));
  EXPECT_EQ(
      CtlAs(fleet, CtlFlags("operator"), {"provider", "drain", "p1"}).exit_code,
      0);
  EXPECT_THAT(CtlAs(fleet, CtlFlags("viewer"), {"events"}).output,
              HasSubstr("certificate operator (operator)"))
      << "who did it is known";
  EXPECT_EQ(
      CtlAs(fleet, CtlFlags("operator"), {"key", "create", "x"}).exit_code, 1);
  EXPECT_EQ(CtlAs(fleet, CtlFlags("node"), {"status"}).exit_code, 1);
  // Neither without a certificate, nor in plain text, is anybody let in.
  EXPECT_EQ(CtlAs(fleet, {"--tls-ca", certificates_.Live("ca.crt")}, {"status"})
                .exit_code,
            3);
  EXPECT_EQ(CtlAs(fleet, {}, {"status"}).exit_code, 3);
  EXPECT_EQ(fleet.ControlPlaneMetric(0, "weir_grpc_calls_refused_total",
                                     "reason=\"forbidden\""),
            3);
  for (const char* outcome : {"no_certificate", "no_tls"}) {
    EXPECT_GE(
        fleet.ControlPlaneMetric(0, "weir_grpc_handshakes_total",
                                 std::string("outcome=\"") + outcome + "\""),
        1)
        << outcome;
  }
}

TEST_F(TlsTest, RolesHoldAtAFollowerToo) {
  const auto server = PostgresServer::Start();
  ASSERT_TRUE(server.ok()) << server.status();
  const absl::StatusOr<std::string> store = (*server)->NewDatabase();
  ASSERT_TRUE(store.ok()) << store.status();
  FleetOptions options = certificates_.Options();
  options.control_planes = 2;
  options.store = *store;
  Fleet fleet(std::move(options));
  const absl::Status started = fleet.Start();
  ASSERT_TRUE(started.ok()) << started << fleet.Logs();
  const auto is_follower = [&](int index) {
    const absl::StatusOr<HttpAnswer> health =
        Get(fleet.control_plane(index).address("http"), "/health");
    return health.ok() &&
           health->body.find("\"reaches_leader\":true") != std::string::npos;
  };
  ASSERT_TRUE(Eventually([&] { return is_follower(0) || is_follower(1); }))
      << fleet.Logs();
  const int follower = is_follower(0) ? 0 : 1;

  EXPECT_EQ(CtlAs(fleet, CtlFlags("viewer"), {"status"}, follower).exit_code,
            0);
  const Finished change =
      CtlAs(fleet, CtlFlags("viewer"), {"provider", "drain", "p1"}, follower);
  EXPECT_EQ(change.exit_code, 1);
  EXPECT_THAT(change.output, HasSubstr("needs operator"));
  const Finished created =
      CtlAs(fleet, CtlFlags("admin"), {"key", "create", "x"}, follower);
  EXPECT_EQ(created.exit_code, 0) << created.output;
  EXPECT_THAT(CtlAs(fleet, CtlFlags("viewer"), {"events"}, follower).output,
              HasSubstr("certificate admin"));
  // Who may pass calls on may make none.
  for (int index = 0; index < fleet.control_planes(); ++index) {
    const Finished own =
        CtlAs(fleet, CtlFlags("controlplane"), {"status"}, index);
    EXPECT_EQ(own.exit_code, 1);
    EXPECT_THAT(own.output, HasSubstr("has replica"));
  }
}

}  // namespace
}  // namespace weir::testing
