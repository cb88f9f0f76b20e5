// Keeps requests away from a target that fails, and lets one at a time find out
// whether it works again.
#ifndef WEIR_DATAPLANE_PLAN_BREAKER_H_
#define WEIR_DATAPLANE_PLAN_BREAKER_H_

#include <cstdint>

#include "absl/time/time.h"
#include "dataplane/worker_report.h"

namespace weir::dataplane {

struct BreakerParams {
  // Failures of the endpoint in a row that open it; at least 1. Envoy's
  // default. Of failures to connect at all, which say more, 3 are enough: a
  // killed provider is left alone after 3 requests.
  std::uint32_t failures = 5;
  // How long it stays open, doubled each time that the half-open probe fails,
  // up to ten times. Nobody waits for it where the control plane sees the
  // target recover: see OnVouched().
  absl::Duration recovery = absl::Seconds(30);
};

// A breaker of one target. Pure: time comes as an argument, nothing else
// matters. Not thread-safe.
//
//   closed --failures--> open --recovery, or a voucher--> half-open (one probe)
//     ^                   ^                                  |
//     |                   +-------------failure--------------+
//     +------------the probe's answer has begun--------------+
//
// A run of failures ends when an answer has come whole. One that only began
// lets others through again, but the next failure opens at once: streams that
// all break off after their first event must not look sound.
class Breaker {
 public:
  explicit Breaker(BreakerParams params = {}) : params_(params) {}

  // For failures from now on; what is open stays so.
  void SetParams(BreakerParams params) { params_ = params; }

  // What a request may do with the target now.
  BreakerState state(absl::Time now) const;
  // A request goes out. REQUIRES: state is not kOpen. In half-open this takes
  // the one place until OnBegun, OnSuccess, OnFailure or OnAbandoned.
  void OnStart(absl::Time now);
  // An answer has begun well; OnSuccess, OnFailure or OnAbandoned follow.
  void OnBegun();
  // An answer has come whole.
  void OnSuccess();
  enum class Kind { kConnect, kAnswer };
  void OnFailure(Kind kind, absl::Time now);
  // The request ended without a verdict on the target.
  void OnAbandoned();
  // Somebody who knows better says that the target is usable again.
  void OnVouched(absl::Time now);

  // Without being half-open.
  bool closed() const { return !open_; }
  std::uint32_t consecutive_failures() const { return failures_; }
  // Half-open with its place taken reads as open; this is when it may be asked
  // again. InfinitePast when closed.
  absl::Time open_until() const { return open_until_; }

 private:
  void Open(absl::Time now);
  bool HasFailedEnough() const;

  BreakerParams params_;
  std::uint32_t failures_ = 0;
  std::uint32_t connect_failures_ = 0;
  bool open_ = false;
  bool probing_ = false;
  absl::Duration pause_ = absl::ZeroDuration();
  absl::Time open_until_ = absl::InfinitePast();
};

}  // namespace weir::dataplane

#endif  // WEIR_DATAPLANE_PLAN_BREAKER_H_
