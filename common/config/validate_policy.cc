#include "absl/time/time.h"
#include "common/config/effective.h"
#include "common/config/validate_parts.h"

namespace weir::config {

void ValidatePolicy(const v1::Policy& policy, Judge& judge) {
  const Policy effective = EffectivePolicy(policy);
  judge.CheckAboveZero("policy.latency_scale", effective.latency_scale, 10'000);
  judge.CheckNumber("policy.usable_score", effective.usable_score, 0, 100);
  judge.CheckAboveZero("policy.error_rate_ceiling",
                       effective.error_rate_ceiling, 1);
  judge.CheckNumber("policy.panic_threshold", effective.panic_threshold, 0, 1);
  if (policy.has_weights_ttl()) {
    judge.CheckDuration("policy.weights_ttl", policy.weights_ttl(),
                        absl::Seconds(1), absl::Hours(24));
  }
  if (policy.has_ramp()) {
    judge.CheckDuration("policy.ramp", policy.ramp(), absl::ZeroDuration(),
                        absl::Hours(1));
  }
  if (policy.has_latency_p95_ceiling()) {
    judge.CheckDuration("policy.latency_p95_ceiling",
                        policy.latency_p95_ceiling(), absl::Milliseconds(1),
                        absl::Hours(1));
  }
}

}  // namespace weir::config
