#include "dataplane/sync/report_build.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/time/time.h"
#include "common/config/effective.h"
#include "common/ids.h"
#include "common/latency_sketch.h"
#include "dataplane/printable.h"
#include "dataplane/worker_report.h"
#include "weir/routing/v1/routing.pb.h"

namespace weir::dataplane {
namespace {

routing::v1::BreakerState ToProto(BreakerState state) {
  switch (state) {
    case BreakerState::kClosed:
      return routing::v1::BREAKER_STATE_CLOSED;
    case BreakerState::kOpen:
      return routing::v1::BREAKER_STATE_OPEN;
    case BreakerState::kHalfOpen:
      return routing::v1::BREAKER_STATE_HALF_OPEN;
  }
  return routing::v1::BREAKER_STATE_UNSPECIFIED;
}

void FillSketch(const LatencySketch& from, routing::v1::LatencySketch& to) {
  for (std::size_t i = 0; i < LatencySketch::kBuckets; ++i) {
    if (from.bucket(i) == 0) continue;
    to.add_bucket(static_cast<std::uint32_t>(i));
    to.add_count(from.bucket(i));
  }
}

bool IsSilent(const TargetCounters& target) {
  const AttemptCounts& a = target.attempts;
  return a.successes + a.endpoint_failures + a.credential_failures +
                 a.rate_limited + a.client_errors + a.cancelled ==
             0 &&
         target.in_flight == 0 && target.breaker == BreakerState::kClosed;
}

void FillTarget(const TargetCounters& from, absl::Time now,
                routing::v1::TargetReport& to) {
  to.set_successes(from.attempts.successes);
  to.set_endpoint_failures(from.attempts.endpoint_failures);
  to.set_credential_failures(from.attempts.credential_failures);
  to.set_rate_limited(from.attempts.rate_limited);
  to.set_client_errors(from.attempts.client_errors);
  to.set_cancelled(from.attempts.cancelled);
  // The longest run of any worker; over, for the node, once another worker has
  // succeeded since.
  to.set_consecutive_failures(
      from.last_success > from.last_failure ? 0 : from.consecutive_failures);
  to.set_last_error(Printable(from.last_error));
  FillSketch(from.latency, *to.mutable_latency());
  to.set_in_flight(from.in_flight);
  to.set_breaker(ToProto(from.breaker));
  if (from.headroom.has_value()) to.set_headroom(*from.headroom);
  if (from.paused_until.has_value() && *from.paused_until > now) {
    *to.mutable_pause() = config::FromDuration(*from.paused_until - now);
  }
  if (from.last_success.has_value()) {
    *to.mutable_since_success() = config::FromDuration(
        std::max(absl::ZeroDuration(), now - *from.last_success));
  }
  if (from.last_failure.has_value()) {
    *to.mutable_since_failure() = config::FromDuration(
        std::max(absl::ZeroDuration(), now - *from.last_failure));
  }
}

}  // namespace

routing::v1::Report BuildReport(const WorkerReport& merged,
                                std::uint64_t boot_id) {
  routing::v1::Report report;
  report.set_boot_id(boot_id);
  report.set_requests_in_flight(merged.requests_in_flight);
  report.set_streams_in_flight(merged.streams_in_flight);
  report.set_answers(merged.answers);
  report.set_failed_answers(merged.failed_answers + merged.streams_broken);
  for (const auto& [name, refused] : merged.refused_credentials) {
    routing::v1::ProviderReport& provider = *report.add_providers();
    provider.set_provider(name);
    for (const auto& [position, reason] : refused) {
      routing::v1::RefusedCredential& credential = *provider.add_refused();
      credential.set_credential(position);
      credential.set_reason(Printable(reason));
    }
  }
  return report;
}

void AddTarget(const TargetId& id, const TargetCounters& counters,
               absl::Time now, routing::v1::Report& report) {
  if (IsSilent(counters)) return;
  routing::v1::TargetReport& target = *report.add_targets();
  const std::size_t slash = id.value.find('/');
  target.set_provider(id.value.substr(0, slash));
  target.set_upstream_model(id.value.substr(slash + 1));
  FillTarget(counters, now, target);
}

}  // namespace weir::dataplane
