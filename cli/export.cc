#include <CLI/CLI.hpp>

#include "absl/status/status.h"
#include "cli/session.h"
#include "cli/verbs.h"

namespace weir::cli {
namespace {

absl::Status Export(Session& session) {
  const auto response =
      session.admin().Call(&AdminClient::Stub::Export, admin::ExportRequest());
  if (!response.ok()) return response.status();
  session.PrintResource(response->resources());
  return absl::OkStatus();
}

}  // namespace

void AddExport(CLI::App& app, Session& session) {
  CLI::App* command = app.add_subcommand(
      "export", "Print the whole registry as a file that apply takes");
  command->callback([&session] { session.Choose(Export); });
}

}  // namespace weir::cli
