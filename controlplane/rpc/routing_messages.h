// Between the core's types and the messages of weir.routing.v1.
#ifndef WEIR_CONTROLPLANE_RPC_ROUTING_MESSAGES_H_
#define WEIR_CONTROLPLANE_RPC_ROUTING_MESSAGES_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/latency_sketch.h"
#include "controlplane/provider/provider_board.h"
#include "controlplane/publish/node_list.h"
#include "controlplane/publish/publication.h"
#include "controlplane/publish/traffic.h"
#include "controlplane/quota/demand.h"
#include "controlplane/quota/quota_board.h"
#include "controlplane/scoreboard.h"
#include "weir/config/v1/resources.pb.h"
#include "weir/routing/v1/routing.pb.h"

namespace weir::controlplane {

// The lanes' content, and the message of the stream that carries it. Nodes are
// not told of webhooks.
std::string ConfigContent(const config::v1::Resources& resources);
std::string WeightsContent(const FleetView& view);
std::string LaneMessage(Lane lane, const Version& version,
                        std::string_view content);

routing::v1::TargetState ToMessage(TargetState state);
routing::v1::Version ToMessage(const Version& version);
// Numbers are rounded to what makes a difference (weights to 1/10000, scores
// to 0.1, latencies to 1 ms), so that noise is no new version. Weights still
// sum to 1. Regions in which nodes would route as everywhere are left out.
routing::v1::Weights ToMessage(const FleetView& view);

// What nodes were told by `publication`. REQUIRES: of the weights lane.
routing::v1::Weights PublishedWeights(const Publication& publication);

// Whole messages of the stream, serialized.
struct WelcomeTerms {
  std::uint64_t epoch;
  absl::Duration report_interval;
  absl::Duration heartbeat_interval;
};
std::string WelcomeMessage(const WelcomeTerms& terms);
std::string UsageAckMessage(std::uint64_t boot_id, std::uint64_t sequence);
std::string QuotaMessage(const QuotaGrant& grant);
std::string HeartbeatMessage(const PublicationPtr& config,
                             const PublicationPtr& weights);

// What peers say is bounded and cleaned here; INVALID_ARGUMENT says what is
// wrong with what can't be.
absl::StatusOr<std::optional<Version>> FromMessage(
    const routing::v1::Version* version);
absl::StatusOr<NodeIdentity> FromMessage(const routing::v1::Hello& hello);
absl::StatusOr<NodeAnswer> FromMessage(const routing::v1::Ack& ack);
absl::StatusOr<NodeAnswer> FromMessage(const routing::v1::Nack& nack);
absl::StatusOr<NodeReport> FromMessage(const routing::v1::Report& report);
absl::StatusOr<LatencySketch> FromMessage(
    const routing::v1::LatencySketch& sketch);
// What it says of the node's whole traffic.
Traffic TrafficIn(const routing::v1::Report& report);
// What a report says of credentials; what makes no sense is left out.
ProviderBoard::Refusals RefusalsIn(const routing::v1::Report& report);
// What it says of limits, by their ids; at most 20,000 of them.
std::map<std::string, DemandReport> DemandsIn(
    const routing::v1::Report& report);

}  // namespace weir::controlplane

#endif  // WEIR_CONTROLPLANE_RPC_ROUTING_MESSAGES_H_
