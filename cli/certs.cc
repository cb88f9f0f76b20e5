#include <CLI/CLI.hpp>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "cli/certs/certificate_files.h"
#include "cli/session.h"
#include "cli/verbs.h"

namespace weir::cli {
namespace {

struct Init {
  std::string folder = "weir-certs";
  std::vector<std::string> hosts;
  int days = 90;
};

void PrintUse(Session& session, const std::string& folder) {
  const std::string at = folder + "/";
  session.io().out << "A development authority and its certificates are in "
                   << folder << "; keep ca.key to yourself. Use them so:\n\n"
                   << "  weir-controlplane --tls-cert " << at
                   << "controlplane.crt --tls-key " << at
                   << "controlplane.key --tls-client-ca " << at << "ca.crt\n"
                   << "  weir-dataplane --control-plane-ca " << at
                   << "ca.crt --control-plane-cert " << at
                   << "node.crt --control-plane-key " << at << "node.key\n"
                   << "  weirctl --tls-ca " << at << "ca.crt --tls-cert " << at
                   << "admin.crt --tls-key " << at << "admin.key status\n\n"
                   << "For clients that speak TLS to a node: weir-dataplane "
                      "--tls-cert "
                   << at << "dataplane.crt --tls-key " << at
                   << "dataplane.key\n";
}

absl::Status Run(Session& session, const Init& init) {
  const absl::StatusOr<std::vector<std::string>> files =
      MakeCertificateFiles({.folder = init.folder,
                            .hosts = init.hosts,
                            .valid_for = absl::Hours(24) * init.days,
                            .now = session.io().clock.WallNow()});
  if (!files.ok()) return files.status();
  PrintUse(session, init.folder);
  return absl::OkStatus();
}

}  // namespace

void AddCerts(CLI::App& app, Session& session) {
  CLI::App* certs = app.add_subcommand("certs", "Certificates for development");
  CLI::App* command = certs->add_subcommand(
      "init",
      "Make an authority, and certificates for the planes, nodes and roles");
  auto init = std::make_shared<Init>();
  command->add_option("--dir", init->folder, "Folder to make and write to")
      ->capture_default_str();
  command
      ->add_option("--host", init->hosts,
                   "Names or addresses that the planes are reached at, besides "
                   "localhost")
      ->type_name("HOST");
  command->add_option("--days", init->days, "How long they are valid")
      ->check(CLI::Range(1, 825))
      ->capture_default_str();
  command->callback([&session, init] {
    session.Choose([init](Session& s) { return Run(s, *init); });
  });
}

}  // namespace weir::cli
