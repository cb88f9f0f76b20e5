// Keeps requests away from a target that fails, and lets one at a time find out
// whether it works again.
#ifndef WEIR_DATAPLANE_PLAN_BREAKER_H_
#define WEIR_DATAPLANE_PLAN_BREAKER_H_

#include <cstdint>

#include "absl/time/time.h"
#include "dataplane/worker_report.h"

namespace weir::dataplane {

struct BreakerParams {
  // Failures of the endpoint in a row that open it. Envoy's default.
  std::uint32_t failures_to_open = 5;
  // The same for failures to connect at all, which say more. After Linkerd's
  // and our own measurements: a killed provider is left alone after 3 requests.
  std::uint32_t connect_failures_to_open = 3;
  // How long it stays open, doubled each time that the half-open probe fails.
  absl::Duration first_pause = absl::Seconds(1);
  // Short, because failover makes a probe's failure invisible to its client and
  // a recovered provider should get its traffic back.
  absl::Duration longest_pause = absl::Seconds(10);
};

// A breaker of one target. Pure: time comes as an argument, nothing else
// matters. Not thread-safe.
//
//   closed --failures--> open --pause is over--> half-open (one request)
//     ^                   ^                          |
//     |                   +---------failure----------+
//     +------------------------success---------------+
class Breaker {
 public:
  explicit Breaker(BreakerParams params = {}) : params_(params) {}

  // What a request may do with the target now.
  BreakerState state(absl::Time now) const;
  // A request goes out. REQUIRES: state is not kOpen. In half-open this takes
  // the one place until OnSuccess, OnFailure or OnAbandoned.
  void OnStart(absl::Time now);
  void OnSuccess();
  enum class Kind { kConnect, kAnswer };
  void OnFailure(Kind kind, absl::Time now);
  // The request ended without a verdict on the target.
  void OnAbandoned();

  std::uint32_t consecutive_failures() const { return failures_; }
  // Half-open with its place taken reads as open; this is when it may be asked
  // again. InfinitePast when closed.
  absl::Time open_until() const { return open_until_; }

 private:
  void Open(absl::Time now);

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
