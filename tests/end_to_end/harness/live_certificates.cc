#include "tests/end_to_end/harness/live_certificates.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "tests/end_to_end/harness/server.h"

namespace weir::testing {

void LiveCertificates::Make(const std::string& set) const {
  const absl::StatusOr<Finished> made =
      RunToEnd({.program = BinaryFolder() / "weirctl",
                .arguments = {"certs", "init", "--dir", folder_ / set}},
               folder_ / "certs.log", absl::Seconds(30));
  ASSERT_TRUE(made.ok()) << made.status();
  ASSERT_EQ(made->exit_code, 0) << made->output;
}

void LiveCertificates::Rotate(const std::string& fresh) const {
  for (const auto& file :
       std::filesystem::directory_iterator(folder_ / fresh)) {
    std::filesystem::rename(file.path(), Live(file.path().filename()));
  }
}

std::vector<std::string> LiveCertificates::CtlFlags(
    const std::string& role) const {
  return {"--tls-ca",          Live("ca.crt"), "--tls-cert",
          Live(role + ".crt"), "--tls-key",    Live(role + ".key")};
}

FleetOptions LiveCertificates::Options() const {
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

Finished CtlAs(Fleet& fleet, std::vector<std::string> flags,
               const std::vector<std::string>& words, int control_plane) {
  flags.insert(
      flags.end(),
      {"--server", fleet.control_plane(control_plane).address("grpc")});
  flags.insert(flags.end(), words.begin(), words.end());
  return RunToEnd({.program = BinaryFolder() / "weirctl",
                   .arguments = std::move(flags)},
                  fleet.folder() / "role.log", absl::Seconds(30))
      .value();
}

}  // namespace weir::testing
