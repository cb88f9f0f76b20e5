#include "common/config/effective.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>

#include "absl/time/time.h"

namespace weir::config {
namespace {

// What the .proto files' comments promise.
constexpr absl::Duration kProbeInterval = absl::Seconds(10);
constexpr absl::Duration kProbeTimeout = absl::Seconds(5);
constexpr int kUnhealthyAfter = 3;
constexpr int kHealthyAfter = 5;
constexpr double kProbeBudgetUsd = 1;

constexpr absl::Duration kConnectTimeout = absl::Seconds(2);
constexpr absl::Duration kFastTimeout = absl::Seconds(10);
constexpr absl::Duration kNormalTimeout = absl::Seconds(60);
constexpr absl::Duration kComplexTimeout = absl::Seconds(180);
constexpr absl::Duration kStreamIdleTimeout = absl::Seconds(60);

constexpr absl::Duration kTotalTimeout = absl::Minutes(15);

constexpr int kBreakerFailures = 5;
constexpr absl::Duration kBreakerRecovery = absl::Seconds(30);

constexpr double kLatencyScale = 5;
constexpr double kUsableScore = 50;
constexpr double kErrorRateCeiling = 0.05;
constexpr double kPanicThreshold = 0.5;
constexpr absl::Duration kWeightsTtl = absl::Seconds(60);
constexpr absl::Duration kRamp = absl::Seconds(30);
constexpr absl::Duration kGroupSwitchAfter = absl::Minutes(5);

constexpr double kBaseWeight = 1;
constexpr double kMaxLoad = 1.25;
constexpr double kHedgeBudget = 0.05;

// The widest google.protobuf.Duration: 10000 years of 365.25 days.
constexpr absl::Duration kWidest = absl::Seconds(315'576'000'000);

}  // namespace

HealthCheck EffectiveHealthCheck(const v1::Provider& provider) {
  const v1::HealthCheck& set = provider.health_check();
  return {
      .kind = set.kind() == v1::PROBE_KIND_UNSPECIFIED ? v1::PROBE_KIND_CHAT
                                                       : set.kind(),
      .model = set.model(),
      .interval =
          set.has_interval() ? ToDuration(set.interval()) : kProbeInterval,
      .timeout = set.has_timeout() ? ToDuration(set.timeout()) : kProbeTimeout,
      .unhealthy_after = set.has_unhealthy_after()
                             ? static_cast<int>(set.unhealthy_after())
                             : kUnhealthyAfter,
      .healthy_after = set.has_healthy_after()
                           ? static_cast<int>(set.healthy_after())
                           : kHealthyAfter,
      .budget_usd = set.has_budget_usd() ? set.budget_usd() : kProbeBudgetUsd,
  };
}

Timeouts EffectiveTimeouts(const v1::Provider& provider) {
  const v1::Timeouts& set = provider.timeouts();
  return {
      .connect =
          set.has_connect() ? ToDuration(set.connect()) : kConnectTimeout,
      .fast = set.has_fast() ? ToDuration(set.fast()) : kFastTimeout,
      .normal = set.has_normal() ? ToDuration(set.normal()) : kNormalTimeout,
      .complex =
          set.has_complex() ? ToDuration(set.complex()) : kComplexTimeout,
      .stream_idle = set.has_stream_idle() ? ToDuration(set.stream_idle())
                                           : kStreamIdleTimeout,
      .total = set.has_total() ? ToDuration(set.total()) : kTotalTimeout,
  };
}

Breaker EffectiveBreaker(const v1::Provider& provider) {
  const v1::Breaker& set = provider.breaker();
  return {
      .failures = set.has_failures() ? static_cast<int>(set.failures())
                                     : kBreakerFailures,
      .recovery =
          set.has_recovery() ? ToDuration(set.recovery()) : kBreakerRecovery,
  };
}

Policy EffectivePolicy(const v1::Policy& policy) {
  return {
      .latency_scale =
          policy.has_latency_scale() ? policy.latency_scale() : kLatencyScale,
      .usable_score =
          policy.has_usable_score() ? policy.usable_score() : kUsableScore,
      .error_rate_ceiling = policy.has_error_rate_ceiling()
                                ? policy.error_rate_ceiling()
                                : kErrorRateCeiling,
      .panic_threshold = policy.has_panic_threshold() ? policy.panic_threshold()
                                                      : kPanicThreshold,
      .weights_ttl = policy.has_weights_ttl() ? ToDuration(policy.weights_ttl())
                                              : kWeightsTtl,
      .ramp = policy.has_ramp() ? ToDuration(policy.ramp()) : kRamp,
      .group_switch_after = policy.has_group_switch_after()
                                ? ToDuration(policy.group_switch_after())
                                : kGroupSwitchAfter,
      .latency_p95_ceiling =
          policy.has_latency_p95_ceiling()
              ? std::optional(ToDuration(policy.latency_p95_ceiling()))
              : std::nullopt,
  };
}

Mix EffectiveMix(const v1::Model& model) {
  Mix mix;
  const v1::Mix& set = model.mix();
  if (set.has_health()) mix.health = set.health();
  if (set.has_latency()) mix.latency = set.latency();
  if (set.has_cost()) mix.cost = set.cost();
  return mix;
}

std::optional<Affinity> EffectiveAffinity(const v1::Model& model) {
  const v1::Affinity& set = model.affinity();
  if (set.by() == v1::AFFINITY_KEY_UNSPECIFIED) return std::nullopt;
  return Affinity{set.by(), set.has_max_load() ? set.max_load() : kMaxLoad};
}

std::optional<Hedge> EffectiveHedge(const v1::Model& model) {
  if (!model.has_hedge()) return std::nullopt;
  const v1::Hedge& set = model.hedge();
  Hedge hedge{std::nullopt, set.has_budget() ? set.budget() : kHedgeBudget};
  if (set.has_after()) hedge.after = ToDuration(set.after());
  return hedge;
}

double BaseWeight(const v1::Target& target) {
  return target.has_weight() ? target.weight() : kBaseWeight;
}

std::string UpstreamModel(const v1::Model& model, const v1::Target& target) {
  return target.model().empty() ? model.name() : target.model();
}

TargetId TargetIdOf(const v1::Model& model, const v1::Target& target) {
  return MakeTargetId(target.provider(), UpstreamModel(model, target));
}

std::optional<std::uint64_t> MaxOutputTokens(const v1::Model& model,
                                             const v1::Target& target) {
  const std::uint64_t tokens = target.max_output_tokens() != 0
                                   ? target.max_output_tokens()
                                   : model.max_output_tokens();
  if (tokens == 0) return std::nullopt;
  return tokens;
}

std::optional<absl::Duration> MaxLatency(const v1::Target& target) {
  if (!target.has_max_latency()) return std::nullopt;
  return ToDuration(target.max_latency());
}

v1::Mode EffectiveMode(v1::Mode mode) {
  return mode == v1::MODE_UNSPECIFIED ? v1::MODE_ENABLED : mode;
}

bool Takes(const v1::Target& target, v1::Complexity complexity) {
  const auto& taken = target.complexity();
  return taken.empty() ||
         std::find(taken.begin(), taken.end(), complexity) != taken.end();
}

const std::string& RouteFor(const v1::Model& model, v1::Complexity complexity) {
  static const std::string kNone;
  switch (complexity) {
    case v1::COMPLEXITY_SIMPLE:
      return model.routes().simple();
    case v1::COMPLEXITY_MEDIUM:
      return model.routes().medium();
    case v1::COMPLEXITY_COMPLEX:
      return model.routes().complex();
    case v1::COMPLEXITY_MULTIMODAL:
      return model.routes().multimodal();
    default:
      return kNone;
  }
}

absl::Duration ToDuration(const google::protobuf::Duration& duration) {
  return absl::Seconds(duration.seconds()) +
         absl::Nanoseconds(duration.nanos());
}

google::protobuf::Duration FromDuration(absl::Duration duration) {
  if (duration > kWidest) duration = kWidest;
  if (duration < -kWidest) duration = -kWidest;
  google::protobuf::Duration result;
  result.set_seconds(absl::IDivDuration(duration, absl::Seconds(1), &duration));
  result.set_nanos(static_cast<std::int32_t>(
      absl::IDivDuration(duration, absl::Nanoseconds(1), &duration)));
  return result;
}

absl::Time ToTime(const google::protobuf::Timestamp& timestamp) {
  return absl::FromUnixSeconds(timestamp.seconds()) +
         absl::Nanoseconds(timestamp.nanos());
}

}  // namespace weir::config
