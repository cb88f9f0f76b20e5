// Resources with their defaults filled in; the numbers stand in the .proto
// files' comments and in effective.cc, nowhere else.
#ifndef WEIR_COMMON_CONFIG_EFFECTIVE_H_
#define WEIR_COMMON_CONFIG_EFFECTIVE_H_

#include <google/protobuf/duration.pb.h>
#include <google/protobuf/timestamp.pb.h>

#include <cstdint>
#include <optional>
#include <string>

#include "absl/time/time.h"
#include "common/ids.h"
#include "weir/config/v1/resources.pb.h"

namespace weir::config {

struct HealthCheck {
  v1::ProbeKind kind;
  std::string model;  // Empty: the target's own.
  absl::Duration interval;
  absl::Duration timeout;
  int unhealthy_after;
  int healthy_after;
  double budget_usd;  // A day.
};
HealthCheck EffectiveHealthCheck(const v1::Provider& provider);

struct Timeouts {
  absl::Duration connect;
  absl::Duration fast;
  absl::Duration normal;
  absl::Duration complex;
  absl::Duration stream_idle;
  absl::Duration total;
};
Timeouts EffectiveTimeouts(const v1::Provider& provider);

struct Breaker {
  int failures;
  absl::Duration recovery;
};
Breaker EffectiveBreaker(const v1::Provider& provider);

struct Policy {
  double latency_scale;
  double usable_score;
  double error_rate_ceiling;
  double panic_threshold;
  absl::Duration weights_ttl;
  absl::Duration ramp;
  absl::Duration group_switch_after;
  std::optional<absl::Duration> latency_p95_ceiling;
};
Policy EffectivePolicy(const v1::Policy& policy);

// What `balanced` mixes, as set; only their proportion counts.
struct Mix {
  double health = 0.4;
  double latency = 0.3;
  double cost = 0.3;

  friend bool operator==(const Mix&, const Mix&) = default;
};
Mix EffectiveMix(const v1::Model& model);

struct Affinity {
  v1::AffinityKey by;
  double max_load;
};
// Absent where nothing ties the model's requests together.
std::optional<Affinity> EffectiveAffinity(const v1::Model& model);

struct Hedge {
  // Absent: the p95 of the first target.
  std::optional<absl::Duration> after;
  // Share of the model's requests.
  double budget;
};
// Absent where requests are not hedged.
std::optional<Hedge> EffectiveHedge(const v1::Model& model);

double BaseWeight(const v1::Target& target);
std::string UpstreamModel(const v1::Model& model, const v1::Target& target);
TargetId TargetIdOf(const v1::Model& model, const v1::Target& target);
// Absent where neither says.
std::optional<std::uint64_t> MaxOutputTokens(const v1::Model& model,
                                             const v1::Target& target);
std::optional<absl::Duration> MaxLatency(const v1::Target& target);
// MODE_UNSPECIFIED reads as MODE_ENABLED.
v1::Mode EffectiveMode(v1::Mode mode);
// Whether requests of `complexity` may go to `target`.
bool Takes(const v1::Target& target, v1::Complexity complexity);
// The model that serves `model`'s requests of `complexity`; empty where its own
// targets do.
const std::string& RouteFor(const v1::Model& model, v1::Complexity complexity);

absl::Duration ToDuration(const google::protobuf::Duration& duration);
google::protobuf::Duration FromDuration(absl::Duration duration);
absl::Time ToTime(const google::protobuf::Timestamp& timestamp);

}  // namespace weir::config

#endif  // WEIR_COMMON_CONFIG_EFFECTIVE_H_
