#include "controlplane/rpc/rollout_messages.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <tuple>
#include <utility>
#include <vector>

#include "controlplane/rpc/routing_messages.h"
#include "controlplane/rpc/timestamp.h"

namespace weir::controlplane {
namespace {

constexpr int kNamedNodes = 10;

admin::v1::RolloutPhase ToMessage(RolloutStatus::Phase phase) {
  switch (phase) {
    case RolloutStatus::Phase::kSteady:
      return admin::v1::ROLLOUT_PHASE_STEADY;
    case RolloutStatus::Phase::kRolling:
      return admin::v1::ROLLOUT_PHASE_ROLLING;
    case RolloutStatus::Phase::kHalted:
      return admin::v1::ROLLOUT_PHASE_HALTED;
  }
  return admin::v1::ROLLOUT_PHASE_UNSPECIFIED;
}

void Count(const NodeRecord& node, admin::v1::RunningVersion& running) {
  running.set_nodes(running.nodes() + 1);
  if (running.names_size() < kNamedNodes) {
    running.add_names(node.identity.id.value);
  }
}

void AddRunning(const std::vector<NodeRecord>& nodes,
                admin::v1::Rollout& rollout) {
  // By what orders versions; {} for nodes without any.
  std::map<std::tuple<std::uint64_t, std::uint64_t, std::string>,
           admin::v1::RunningVersion>
      by_version;
  for (const NodeRecord& node : nodes) {
    if (!node.connected) continue;
    const Version version = node.config.value_or(Version());
    admin::v1::RunningVersion& running =
        by_version[{version.epoch, version.sequence, version.hash}];
    if (node.config.has_value()) {
      *running.mutable_version() = controlplane::ToMessage(version);
    }
    Count(node, running);
  }
  for (auto& [version, running] : by_version) {
    *rollout.add_running() = std::move(running);
  }
  std::stable_sort(
      rollout.mutable_running()->begin(), rollout.mutable_running()->end(),
      [](const auto& a, const auto& b) { return a.nodes() > b.nodes(); });
}

void AddConvergence(const std::vector<NodeRecord>& nodes,
                    const NodeList::ShouldRun& should_run,
                    admin::v1::Rollout& rollout) {
  for (const NodeRecord& node : nodes) {
    if (!node.connected) continue;
    rollout.set_nodes_connected(rollout.nodes_connected() + 1);
    const PublicationPtr should = should_run(node.identity.id);
    if (should == nullptr || node.config != should->version) continue;
    rollout.set_nodes_converged(rollout.nodes_converged() + 1);
  }
}

}  // namespace

admin::v1::Rollout RolloutMessage(const RolloutStatus& status,
                                  const std::vector<NodeRecord>& nodes,
                                  const NodeList::ShouldRun& should_run) {
  admin::v1::Rollout rollout;
  rollout.set_phase(ToMessage(status.phase));
  rollout.set_standing_revision(status.standing.revision);
  if (status.standing.version.has_value()) {
    *rollout.mutable_standing() =
        controlplane::ToMessage(*status.standing.version);
  }
  if (status.candidate.has_value()) {
    rollout.set_revision(status.candidate->revision);
    if (status.candidate->version.has_value()) {
      *rollout.mutable_version() =
          controlplane::ToMessage(*status.candidate->version);
    }
    *rollout.mutable_since() = ToTimestamp(status.since);
  }
  rollout.set_wave(static_cast<std::uint32_t>(status.wave));
  rollout.set_nodes_given(static_cast<std::uint32_t>(status.given));
  rollout.set_nodes_took(static_cast<std::uint32_t>(status.took));
  rollout.set_seen_revision(status.seen_revision);
  rollout.set_forced(status.forced);
  rollout.set_reason(status.reason);
  AddRunning(nodes, rollout);
  AddConvergence(nodes, should_run, rollout);
  return rollout;
}

}  // namespace weir::controlplane
