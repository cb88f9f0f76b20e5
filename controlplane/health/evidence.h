// What probes and nodes say of a target, before anybody has judged it.
#ifndef WEIR_CONTROLPLANE_HEALTH_EVIDENCE_H_
#define WEIR_CONTROLPLANE_HEALTH_EVIDENCE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "common/ids.h"
#include "common/latency_sketch.h"

namespace weir::controlplane {

// What a probe's success shows.
enum class ProbeStrength {
  kContact,  // Somebody answers: models, tcp.
  kService,  // It does what real requests want: chat.
};

// One probe's outcome: OK, or why not. The message is what operators see as the
// last error; it holds no secret.
//
// Two codes have a meaning of their own. RESOURCE_EXHAUSTED: the endpoint is
// alive and limits our rate. UNAUTHENTICATED: it is alive and refuses our
// credential. Everything else that is not OK is a plain failure.
struct ProbeResult {
  absl::Status status;
  absl::Duration latency;
};

// What a node says of one target. Counts are cumulative since its boot.
struct NodeTargetReport {
  TargetId target;
  std::uint64_t successes = 0;
  std::uint64_t endpoint_failures = 0;
  std::uint64_t credential_failures = 0;
  std::uint64_t rate_limited = 0;
  std::uint64_t client_errors = 0;
  std::uint64_t cancelled = 0;
  std::uint32_t consecutive_failures = 0;
  std::string last_error;
  LatencySketch latency;
  std::uint32_t in_flight = 0;
  bool breaker_open = false;
  std::optional<absl::Duration> since_success;
  std::optional<absl::Duration> since_failure;
  // The smallest share that is left of the provider's own limits, 0 to 1, as
  // it said lately.
  std::optional<double> headroom;
  // For how much longer the provider asked to be left alone.
  std::optional<absl::Duration> pause;
};

struct NodeReport {
  std::uint64_t boot_id = 0;
  // The node's; empty: none.
  std::string region;
  std::vector<NodeTargetReport> targets;
};

}  // namespace weir::controlplane

#endif  // WEIR_CONTROLPLANE_HEALTH_EVIDENCE_H_
