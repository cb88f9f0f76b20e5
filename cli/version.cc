#include <CLI/CLI.hpp>

#include "absl/status/status.h"
#include "cli/session.h"
#include "cli/verbs.h"

namespace weir::cli {

void AddVersion(CLI::App& app, Session& session) {
  app.add_subcommand("version", "Print the version of weirctl")
      ->callback([&session] {
        session.Choose([](Session& s) {
          s.io().out << "weirctl " WEIR_VERSION "\n";
          return absl::OkStatus();
        });
      });
}

}  // namespace weir::cli
