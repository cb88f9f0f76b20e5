#include "cli/rollout_text.h"

#include <cstdint>
#include <string>

#include "cli/admin_client.h"
#include "cli/display_width.h"
#include "cli/table.h"
#include "cli/values.h"
#include "common/concat.h"

namespace weir::cli {
namespace {

bool IsSame(const routing::v1::Version& a, const routing::v1::Version& b) {
  return a.epoch() == b.epoch() && a.sequence() == b.sequence() &&
         a.hash() == b.hash();
}

std::string Have(const admin::Rollout& rollout) {
  return Concat(rollout.nodes_took(), " of ", rollout.nodes_connected(),
                " nodes have it");
}

// Who gave it up before a restart is not known any more.
std::string AfterNodes(std::uint32_t given) {
  if (given == 0) return "";
  return Concat(" after ", given, given == 1 ? " node" : " nodes");
}

Cell RevisionCell(const admin::Rollout& rollout,
                  const routing::v1::Version& version) {
  if (rollout.has_standing() && IsSame(version, rollout.standing())) {
    return {std::to_string(rollout.standing_revision())};
  }
  if (rollout.has_version() && IsSame(version, rollout.version())) {
    return {std::to_string(rollout.revision()),
            rollout.phase() == admin::ROLLOUT_PHASE_HALTED ? Color::kRed
                                                           : Color::kYellow};
  }
  return {"another", Color::kYellow};
}

}  // namespace

bool IsUnderWay(const admin::Rollout& rollout) {
  if (rollout.seen_revision() < rollout.registry_revision()) return true;
  return rollout.phase() == admin::ROLLOUT_PHASE_ROLLING ||
         rollout.nodes_converged() < rollout.nodes_connected();
}

std::string RolloutSentence(const admin::Rollout& rollout) {
  switch (rollout.phase()) {
    case admin::ROLLOUT_PHASE_ROLLING:
      return Concat("revision ", rollout.revision(),
                    rollout.forced() ? " is pushed to all nodes: "
                                     : " is being rolled out: ",
                    rollout.wave() == 0 ? std::string()
                                        : Concat("wave ", rollout.wave(), ", "),
                    Have(rollout));
    case admin::ROLLOUT_PHASE_HALTED:
      return Concat("revision ", rollout.revision(), " is halted",
                    AfterNodes(rollout.nodes_given()), ": ",
                    Printable(rollout.reason()), "; nodes run revision ",
                    rollout.standing_revision());
    default:
      return Concat("revision ", rollout.standing_revision(), ": ",
                    rollout.nodes_converged(), " of ",
                    rollout.nodes_connected(), " nodes run it");
  }
}

Table RunningTable(const admin::Rollout& rollout) {
  Table table({{"REVISION"}, {"VERSION"}, {"NODES", Align::kRight}, {"NAMES"}});
  for (const admin::RunningVersion& running : rollout.running()) {
    std::string names = Join(running.names());
    const int unnamed =
        static_cast<int>(running.nodes()) - running.names_size();
    if (unnamed > 0) Append(names, " and ", unnamed, " more");
    table.AddRow({running.has_version()
                      ? RevisionCell(rollout, running.version())
                      : Cell("none", Color::kYellow),
                  VersionText(running.version()),
                  std::to_string(running.nodes()), names});
  }
  return table;
}

}  // namespace weir::cli
