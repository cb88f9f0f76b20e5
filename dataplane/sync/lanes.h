// What a node has of the control plane's lanes, and the snapshot they make.
#ifndef WEIR_DATAPLANE_SYNC_LANES_H_
#define WEIR_DATAPLANE_SYNC_LANES_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "common/clock.h"
#include "common/config/size_limit.h"
#include "common/file_watch.h"
#include "common/string_map.h"
#include "dataplane/snapshot.h"
#include "dataplane/sync/build_sources.h"
#include "dataplane/sync/stored_lanes.h"
#include "weir/config/v1/resources.pb.h"
#include "weir/routing/v1/routing.pb.h"

namespace weir::dataplane {

// What became of a lane's message.
struct LaneOutcome {
  enum class Kind { kApplied, kRunningAlready, kRefused };
  Kind kind;
  // Warnings of what was applied, or why it was refused.
  std::vector<std::string> notes;
};

// Holds what the node runs: applies a lane's message whole or not at all, keeps
// the weights until the configuration that they are for comes, reads secrets
// again when their files change, lets weights that nobody confirms drift.
//
// Reads files; asks nobody over the network. Not thread-safe.
class Lanes {
 public:
  // `region` is the node's own; a configuration of more than
  // `max_config_bytes` is refused. `clock` outlives this.
  Lanes(std::string region, BuildSources sources, const Clock& clock,
        std::size_t max_config_bytes = config::kMaxResourceBytes);

  LaneOutcome OfferConfig(const Version& version, std::string bytes);
  LaneOutcome OfferWeights(const Version& version, std::string bytes);

  // What a heartbeat says the node should run, against what it does. It is not
  // behind on what it refused: asking for that again gives the same bytes.
  enum class Agreement { kInStep, kBehind };
  Agreement OnHeartbeat(const routing::v1::Heartbeat& heartbeat);

  // Takes over what was stored, before anything was offered. Refused when its
  // configuration is damaged or not valid (any more); damaged weights are left
  // out with a note.
  LaneOutcome Restore(const StoredLanes& stored);

  // Reads again what changed on disk, and lets stale weights drift. Call it
  // every second or two. Whether current() is another one now.
  enum class Change { kNone, kSnapshot };
  Change Refresh();

  // Both null before there is a configuration.
  const Snapshot& current() const { return current_; }
  // What the last build or rebuild of the configuration had to do without.
  const std::vector<std::string>& warnings() const { return warnings_; }

  std::optional<Version> config_version() const;
  std::optional<Version> weights_version() const;
  StoredLanes Stored() const;

  // Time since the control plane last said that the weights hold; nullopt
  // without weights.
  std::optional<absl::Duration> weights_age() const;
  // What is left of its word, see weight_drift.h.
  double trust() const { return trust_; }

 private:
  // Takes in what the weights lane says of the running configuration.
  void Listen();
  void Publish(double trust);
  double TrustNow() const;

  const std::string region_;
  BuildSources sources_;
  const Clock& clock_;
  const std::size_t max_config_bytes_;

  std::optional<StoredLane> config_lane_;
  config::v1::Resources resources_;
  FileWatch files_;
  std::vector<std::string> warnings_;
  std::optional<Version> refused_config_;

  std::optional<StoredLane> weights_lane_;
  routing::v1::Weights weights_;
  absl::Time confirmed_at_;
  std::optional<Version> refused_weights_;

  // What the weights lane says of the running configuration's targets, here and
  // in each region that a request may ask for, and how much of it counts in
  // current_.
  std::vector<TargetShare> said_;
  StringMap<std::vector<TargetShare>> said_in_;
  double trust_ = 1;
  Snapshot current_;
};

}  // namespace weir::dataplane

#endif  // WEIR_DATAPLANE_SYNC_LANES_H_
