#include "dataplane/sync/lanes.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/clock.h"
#include "common/concat.h"
#include "common/file_watch.h"
#include "dataplane/plan/base_share.h"
#include "dataplane/plan/weight_drift.h"
#include "dataplane/snapshot.h"
#include "dataplane/sync/build_sources.h"
#include "dataplane/sync/lane.h"
#include "dataplane/sync/snapshot_build.h"
#include "dataplane/sync/stored_lanes.h"
#include "dataplane/sync/version.h"
#include "dataplane/sync/weights_build.h"
#include "weir/config/v1/resources.pb.h"
#include "weir/routing/v1/routing.pb.h"

namespace weir::dataplane {
namespace {

// A drifting snapshot is published anew when this much trust went: 3 s of the 5
// minutes, and a step nobody can see in traffic.
constexpr double kTrustStep = 0.01;

using Kind = LaneOutcome::Kind;

LaneOutcome Refuse(std::string why) {
  return {Kind::kRefused, {std::move(why)}};
}

std::optional<Version> VersionOf(const std::optional<StoredLane>& lane) {
  if (!lane.has_value()) return std::nullopt;
  return lane->version;
}

StoredLane Store(const Version& version, std::string bytes) {
  return {version, std::make_shared<const std::string>(std::move(bytes))};
}

bool Parse(const std::string& bytes, routing::v1::Weights& weights) {
  return bytes.size() <= std::numeric_limits<int>::max() &&
         weights.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()));
}

// Whether `expected` is something that should have come and did not.
bool IsMissing(const Version& expected, const std::optional<Version>& running,
               const std::optional<Version>& refused) {
  if (expected.epoch == 0 || expected == refused) return false;
  return !running.has_value() || IsNewer(expected, *running);
}

}  // namespace

Lanes::Lanes(std::string region, BuildSources sources, const Clock& clock,
             std::size_t max_config_bytes)
    : region_(std::move(region)),
      sources_(std::move(sources)),
      clock_(clock),
      max_config_bytes_(max_config_bytes),
      confirmed_at_(clock.Now()) {}

LaneOutcome Lanes::OfferConfig(const Version& version, std::string bytes) {
  const LaneVerdict verdict = Judge(config_version(), version, bytes);
  if (verdict == LaneVerdict::kRunning) return {Kind::kRunningAlready, {}};
  refused_config_ = version;
  if (verdict != LaneVerdict::kNew) return Refuse(std::string(Reason(verdict)));
  if (bytes.size() > max_config_bytes_) {
    return Refuse(Concat("it has ", bytes.size(),
                         " bytes, and this node takes ", max_config_bytes_,
                         " (--max-config)"));
  }
  absl::StatusOr<config::v1::Resources> resources = ParseResources(bytes);
  if (!resources.ok()) return Refuse(std::string(resources.status().message()));

  FileWatch files;
  files.Watch(FilesOf(*resources));
  BuiltConfig built = BuildConfig(*resources, version, sources_);
  if (built.config == nullptr) return {Kind::kRefused, built.problems};
  refused_config_.reset();
  config_lane_ = Store(version, std::move(bytes));
  resources_ = *std::move(resources);
  files_ = std::move(files);
  warnings_ = std::move(built.warnings);
  current_.config = std::move(built.config);
  Listen();
  Publish(TrustNow());
  return {Kind::kApplied, warnings_};
}

LaneOutcome Lanes::OfferWeights(const Version& version, std::string bytes) {
  const LaneVerdict verdict = Judge(weights_version(), version, bytes);
  if (verdict == LaneVerdict::kRunning) {
    confirmed_at_ = clock_.Now();
    return {Kind::kRunningAlready, {}};
  }
  refused_weights_ = version;
  if (verdict != LaneVerdict::kNew) return Refuse(std::string(Reason(verdict)));
  routing::v1::Weights weights;
  if (!Parse(bytes, weights))
    return Refuse("the content is no Weights message");
  std::vector<std::string> problems = ProblemsOf(weights);
  if (!problems.empty()) return {Kind::kRefused, std::move(problems)};

  refused_weights_.reset();
  weights_lane_ = Store(version, std::move(bytes));
  weights_ = std::move(weights);
  confirmed_at_ = clock_.Now();
  if (current_.config != nullptr) {
    Listen();
    Publish(1);
  }
  return {Kind::kApplied, {}};
}

Lanes::Agreement Lanes::OnHeartbeat(const routing::v1::Heartbeat& heartbeat) {
  const Version config = FromProto(heartbeat.config());
  const Version weights = FromProto(heartbeat.weights());
  if (weights_lane_.has_value() && weights == weights_lane_->version) {
    confirmed_at_ = clock_.Now();
  }
  const bool behind = IsMissing(config, config_version(), refused_config_) ||
                      IsMissing(weights, weights_version(), refused_weights_);
  return behind ? Agreement::kBehind : Agreement::kInStep;
}

LaneOutcome Lanes::Restore(const StoredLanes& stored) {
  if (!stored.config.has_value()) return Refuse("there is no configuration");
  LaneOutcome outcome =
      OfferConfig(stored.config->version, *stored.config->bytes);
  refused_config_.reset();
  if (outcome.kind != Kind::kApplied || !stored.weights.has_value()) {
    return outcome;
  }
  const LaneOutcome weights =
      OfferWeights(stored.weights->version, *stored.weights->bytes);
  refused_weights_.reset();
  outcome.notes.insert(outcome.notes.end(), weights.notes.begin(),
                       weights.notes.end());
  // How long they lay on disk only the wall clock knows; one that was set back
  // must not make them younger than they can be.
  confirmed_at_ -= std::max(absl::ZeroDuration(),
                            clock_.WallNow() - stored.weights_confirmed_at);
  Publish(TrustNow());
  return outcome;
}

Lanes::Change Lanes::Refresh() {
  if (current_.config == nullptr) return Change::kNone;
  if (files_.Changed()) {
    // Valid before, so valid now: only what it refers to may have changed.
    BuiltConfig built =
        BuildConfig(resources_, config_lane_->version, sources_);
    warnings_ = std::move(built.warnings);
    current_.config = std::move(built.config);
    Listen();
    Publish(TrustNow());
    return Change::kSnapshot;
  }
  const double trust = TrustNow();
  const bool ended = trust != trust_ && (trust == 0 || trust == 1);
  if (!ended && std::abs(trust - trust_) < kTrustStep) return Change::kNone;
  Publish(trust);
  return Change::kSnapshot;
}

double Lanes::TrustNow() const {
  if (!weights_lane_.has_value()) return 1;
  return Trust(clock_.Now() - confirmed_at_, TimeToLive(weights_));
}

void Lanes::Listen() {
  said_ = SharesFor(weights_, *current_.config, region_);
  said_in_.clear();
  for (const std::string& region : RegionsOf(weights_, *current_.config)) {
    said_in_.emplace(region, SharesFor(weights_, *current_.config, region));
  }
}

void Lanes::Publish(double trust) {
  auto weights = std::make_shared<RoutingWeights>();
  weights->version = weights_version();
  weights->share = Drift(*current_.config, said_, trust);
  for (const auto& [region, said] : said_in_) {
    weights->share_in.emplace(region, Drift(*current_.config, said, trust));
  }
  if (trust > 0) {
    weights->refused_credentials = RefusedIn(weights_, *current_.config);
  }
  weights->confirmed_at = confirmed_at_;
  weights->time_to_live = TimeToLive(weights_);
  trust_ = trust;
  current_.weights = std::move(weights);
}

std::optional<Version> Lanes::config_version() const {
  return VersionOf(config_lane_);
}

std::optional<Version> Lanes::weights_version() const {
  return VersionOf(weights_lane_);
}

StoredLanes Lanes::Stored() const {
  return {config_lane_, weights_lane_,
          clock_.WallNow() - weights_age().value_or(absl::ZeroDuration())};
}

std::optional<absl::Duration> Lanes::weights_age() const {
  if (!weights_lane_.has_value()) return std::nullopt;
  return clock_.Now() - confirmed_at_;
}

}  // namespace weir::dataplane
