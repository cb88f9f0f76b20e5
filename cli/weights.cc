#include <CLI/CLI.hpp>
#include <string>

#include "absl/status/status.h"
#include "cli/session.h"
#include "cli/values.h"
#include "cli/verbs.h"

namespace weir::cli {
namespace {

absl::Status Weights(Session& session) {
  const auto response = session.admin().Call(&AdminClient::Stub::GetWeights,
                                             admin::GetWeightsRequest());
  if (!response.ok()) return response.status();
  if (!session.is_table()) {
    session.Print(*response);
    return absl::OkStatus();
  }
  Table table({{"MODEL"},
               {"REGION"},
               {"PROVIDER"},
               {"UPSTREAM"},
               {"WEIGHT", Align::kRight},
               {"RANK", Align::kRight},
               {"STATE"},
               {"SCORE", Align::kRight}});
  for (const auto& model : response->weights().models()) {
    for (const auto& region : model.regions()) {
      for (const auto& target : region.targets()) {
        table.AddRow({model.model(),
                      region.region().empty() ? "*" : region.region(),
                      target.provider(), target.upstream_model(),
                      Number(target.weight(), 3), std::to_string(target.rank()),
                      StateCell(target.state()),
                      target.has_score() ? Number(target.score(), 0) : ""});
      }
    }
  }
  session.Print(table);
  if (const std::string version = VersionText(response->version());
      !version.empty()) {
    session.io().out << "version " << version << '\n';
  }
  return absl::OkStatus();
}

}  // namespace

void AddWeights(CLI::App& app, Session& session) {
  CLI::App* command =
      app.add_subcommand("weights", "Show the weights that nodes are told");
  command->callback([&session] { session.Choose(Weights); });
}

}  // namespace weir::cli
