#include <CLI/CLI.hpp>
#include <string>

#include "absl/status/status.h"
#include "cli/session.h"
#include "cli/values.h"
#include "cli/verbs.h"
#include "common/config/effective.h"

namespace weir::cli {
namespace {

Cell StateOf(const admin::NodeStatus& node) {
  if (!node.connected()) return {"gone", Color::kRed};
  if (node.draining()) return {"draining", Color::kYellow};
  return {"connected", Color::kGreen};
}

bool IsSame(const routing::v1::Version& a, const routing::v1::Version& b) {
  return a.epoch() == b.epoch() && a.sequence() == b.sequence() &&
         a.hash() == b.hash();
}

// What a node runs of a lane, and whether it should run something else.
Cell VersionCell(const routing::v1::Version& runs,
                 const routing::v1::Version& should) {
  const std::string text = VersionText(runs);
  if (IsSame(runs, should)) return {text};
  return {(text.empty() ? "none" : text) + " (behind)", Color::kYellow};
}

Cell ConfigCell(const admin::NodeStatus& node,
                const admin::ListNodesResponse& response) {
  if (response.has_candidate() && IsSame(node.config(), response.candidate())) {
    return {VersionText(node.config()) + " (new)"};
  }
  return VersionCell(node.config(), response.config());
}

std::string NotesOf(const admin::NodeStatus& node) {
  std::string notes;
  for (const std::string& problem : node.problems()) {
    notes += (notes.empty() ? "refused: " : "; ") + problem;
  }
  for (const std::string& warning : node.warnings()) {
    if (!notes.empty()) notes += "; ";
    notes += warning;
  }
  return notes;
}

absl::Status Nodes(Session& session) {
  const auto response = session.admin().Call(&AdminClient::Stub::ListNodes,
                                             admin::ListNodesRequest());
  if (!response.ok()) return response.status();
  if (!session.is_table()) {
    session.Print(*response);
    return absl::OkStatus();
  }
  Table table({{"NODE"},
               {"REGION"},
               {"STATE"},
               {"LISTENS"},
               {"BUILD"},
               {"CONFIG"},
               {"WEIGHTS"},
               {"REPORT", Align::kRight},
               {"REQUESTS", Align::kRight},
               {"STREAMS", Align::kRight},
               {"NOTES"}});
  for (const admin::NodeStatus& node : response->nodes()) {
    table.AddRow(
        {node.node_id(), node.region(), StateOf(node), node.listen_address(),
         node.build_version(), ConfigCell(node, *response),
         VersionCell(node.weights(), response->weights()),
         node.has_since_last_report()
             ? Age(config::ToDuration(node.since_last_report())) + " ago"
             : "",
         std::to_string(node.requests_in_flight()),
         std::to_string(node.streams_in_flight()), NotesOf(node)});
  }
  session.Print(table);
  return absl::OkStatus();
}

}  // namespace

void AddNodes(CLI::App& app, Session& session) {
  CLI::App* command = app.add_subcommand(
      "nodes", "Show the data-plane nodes and what each of them runs");
  command->callback([&session] { session.Choose(Nodes); });
}

}  // namespace weir::cli
