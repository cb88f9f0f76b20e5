// Promise: both planes and weirctl speak mutual TLS with the certificates that
// `weirctl certs init` makes; roles hold; rotating all of it, the authority
// included, while requests run loses none.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "tests/end_to_end/harness/eventually.h"
#include "tests/end_to_end/harness/fleet.h"
#include "tests/end_to_end/harness/load.h"
#include "tests/end_to_end/harness/process.h"
#include "tests/end_to_end/harness/temporary_folder.h"
#include "tests/testing/postgres_server.h"

namespace weir::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

constexpr char kReplaced[] = "weir_certificate_reloads_total";

class TlsTest : public ::testing::Test {
 protected:
  TlsTest() { MakeCertificates("live"); }

  // As an operator does it.
  void MakeCertificates(const std::string& name) const {
    const absl::StatusOr<Finished> made =
        RunToEnd({.program = BinaryFolder() / "weirctl",
                  .arguments = {"certs", "init", "--dir", folder_ / name}},
                 folder_ / "certs.log", absl::Seconds(30));
    ASSERT_TRUE(made.ok()) << made.status();
    ASSERT_EQ(made->exit_code, 0) << made->output;
  }

  std::string Live(const std::string& file) const {
    return folder_ / absl::StrCat("live/", file);
  }

  // Renames every file of `fresh` over the one that is in use.
  void Rotate(const std::string& fresh) const {
    for (const auto& file :
         std::filesystem::directory_iterator(folder_ / fresh)) {
      std::filesystem::rename(file.path(), Live(file.path().filename()));
    }
  }

  std::vector<std::string> CtlFlags(const std::string& role) const {
    return {"--tls-ca",          Live("ca.crt"), "--tls-cert",
            Live(role + ".crt"), "--tls-key",    Live(role + ".key")};
  }

  FleetOptions Options() const {
    return {.nodes = 2,
            .providers = 2,
            .control_plane_flags = {"--tls-cert", Live("controlplane.crt"),
                                    "--tls-key", Live("controlplane.key"),
                                    "--tls-client-ca", Live("ca.crt")},
            .node_flags = {"--control-plane-ca", Live("ca.crt"),
                           "--control-plane-cert", Live("node.crt"),
                           "--control-plane-key", Live("node.key"),
                           "--drain-delay", "0s"},
            .ctl_flags = CtlFlags("admin")};
  }

  const TemporaryFolder folder_;
};

// weirctl with other flags than the fleet's, at one control plane.
Finished CtlAs(Fleet& fleet, std::vector<std::string> flags,
               std::vector<std::string> words, int control_plane = 0) {
  flags.insert(
      flags.end(),
      {"--server", fleet.control_plane(control_plane).address("grpc")});
  flags.insert(flags.end(), words.begin(), words.end());
  return RunToEnd({.program = BinaryFolder() / "weirctl",
                   .arguments = std::move(flags)},
                  fleet.folder() / "role.log", absl::Seconds(30))
      .value();
}

// A sample of the control plane's metrics; -1 where there is none.
double ControlPlaneMetric(Fleet& fleet, const std::string& sample) {
  const absl::StatusOr<HttpAnswer> page =
      Get(fleet.control_plane().address("http"), "/metrics");
  if (!page.ok()) return -1;
  const std::string line = absl::StrCat("\n", sample, " ");
  const std::size_t at = page->body.find(line);
  if (at == std::string::npos) return -1;
  return std::stod(page->body.substr(at + line.size()));
}

TEST_F(TlsTest, RolesHold) {
  Fleet fleet(Options());
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
  EXPECT_EQ(CtlAs(fleet, {"--tls-ca", Live("ca.crt")}, {"status"}).exit_code,
            3);
  EXPECT_EQ(CtlAs(fleet, {}, {"status"}).exit_code, 3);
  EXPECT_EQ(ControlPlaneMetric(
                fleet, "weir_grpc_calls_refused_total{reason=\"forbidden\"}"),
            3);
}

TEST_F(TlsTest, RolesHoldAtAFollowerToo) {
  const auto server = PostgresServer::Start();
  ASSERT_TRUE(server.ok()) << server.status();
  const absl::StatusOr<std::string> store = (*server)->NewDatabase();
  ASSERT_TRUE(store.ok()) << store.status();
  FleetOptions options = Options();
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

TEST_F(TlsTest, RotatingEverythingUnderLoadLosesNothing) {
  Fleet fleet(Options());
  const absl::Status started = fleet.Start();
  ASSERT_TRUE(started.ok()) << started << fleet.Logs();
  const std::filesystem::path old_admin = folder_ / "old";
  std::filesystem::create_directory(old_admin);
  for (const char* const file : {"admin.crt", "admin.key"}) {
    std::filesystem::copy(Live(file), old_admin / file);
  }
  const auto load = Load::Start({.address = fleet.Api(),
                                 .key = fleet.key(),
                                 .rate = 50,
                                 .duration = absl::Seconds(120)},
                                fleet.folder() / "load.json");
  ASSERT_TRUE(load.ok()) << load.status();

  MakeCertificates("fresh");
  Rotate("fresh");
  ASSERT_TRUE(Eventually([&] {
    return ControlPlaneMetric(fleet, absl::StrCat(kReplaced,
                                                  "{port=\"grpc\",outcome="
                                                  "\"replaced\"}")) >= 1 &&
           fleet.SumMetric(kReplaced, "outcome=\"replaced\"") >= 2;
  })) << fleet.Logs();
  // The streams of the nodes stand: nobody had to come anew.
  EXPECT_EQ(fleet.SumMetric("weir_control_plane_connects_total"), 2);

  // Now everybody has to, with what is new.
  fleet.control_plane().Kill();
  const absl::Status restarted = fleet.control_plane().Start();
  ASSERT_TRUE(restarted.ok()) << restarted;
  EXPECT_TRUE(Eventually([&] {
    return ControlPlaneMetric(fleet, "weir_nodes_connected") == 2;
  })) << fleet.Logs();
  EXPECT_EQ(CtlAs(fleet, CtlFlags("admin"), {"nodes"}).exit_code, 0);
  EXPECT_EQ(
      CtlAs(fleet,
            {"--tls-ca", Live("ca.crt"), "--tls-cert", old_admin / "admin.crt",
             "--tls-key", old_admin / "admin.key"},
            {"nodes"})
          .exit_code,
      3);

  (*load)->End();
  const absl::StatusOr<LoadReport> report = (*load)->Finish();
  ASSERT_TRUE(report.ok()) << report.status();
  std::printf("certificates rotated under %d requests: %d succeeded\n",
              report->sent, report->succeeded);
  EXPECT_GT(report->sent, 50);
  EXPECT_EQ(report->succeeded, report->sent) << report->text;
}

}  // namespace
}  // namespace weir::testing
